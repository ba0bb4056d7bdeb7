// Package itemstats measures items and forms by how people answered them (试题质量分析). It is pure: no store, no clock,
// nobody's name.
//
// The definitions are those of Moodle's quiz statistics (docs.moodle.org/dev/Quiz_statistics_calculations, and as
// programmed in question/classes/statistics/questions/calculator.php and mod/quiz/report/statistics/classes/
// calculator.php). Moodle speaks of slots, which hold a fixed or a random question. Here forms are drawn, so that an
// item version (试题版本) stands at any place of any form; its statistics are taken over all attempts that showed it.
// With x the mark of an attempt for the item, T its total and X = T - x the rest of it:
//
//   - facility: mean of x over mean of the highest mark; 1 is easy
//   - discrimination index: correlation of x and X, in per cent
//   - discriminative efficiency: covariance of x and X over the greatest that the same marks could have, which is that
//     of the two lists each sorted, in per cent
//   - intended weight: highest marks of the item over those of the forms that showed it, in per cent
//   - effective weight: root of the covariance of x and T, in per cent of what these roots add up to in a form
//
// Moodle's program correlates a random question with T, its page on the formulas with X; X it is here, or an item would
// be compared with itself. Where everybody gets the same form all numbers are Moodle's. The effective weight needs one
// step that Moodle has no number for: what the roots add up to is the mean over the attempts.
//
// Everything is computed from a Tally. It counts attempts by total and mark, so that no order of attempts and no list
// of persons is needed, and the tallies of two sessions add up to that of both together, to the last digit. Sums are
// whole numbers; only the last division and root are in floating point. Two things that sums alone could not say come
// from the counts: the sorted lists, and the groups by total. Groups are cut over all attempts that showed the item in
// all sessions of the tally together. Attempts with equal totals are never parted: each total goes to the group that
// holds the middle of its ranks.
//
// The coefficient of internal consistency (Cronbach's alpha) is given twice, see Exam: by slot, as Moodle does for
// quizzes with random questions, and by item.
package itemstats
