// Package concordance compares the examiners of practical assessments with one another (考评员评分一致性). It is pure: no
// store, no clock, no candidate's name, and nothing of theory.
//
// What is compared are the totals out of 100 that examiners signed for the same performance, each alone. Nobody knows
// what a performance was truly worth: an examiner is measured by the others who saw it, never by a combined score that
// holds the own one. The numbers of an examiner are
//
//   - leniency (宽严): mean of the own total less the mean of the others', in points; above zero is lenient. Out of 100 it
//     is also the share of the tasks' points in per cent.
//   - scatter: standard deviation of that difference. Leniency is what stays the same from one candidate to the next,
//     scatter is what does not. Scatter over the root of the number of performances is the standard error of leniency.
//   - spread (区分): standard deviation of the own totals, beside that of the others' over the same performances. Who
//     gives everybody about the same has a small one (central tendency, or restriction of range).
//   - agreement: the share of pairs, of the own sheet and one of another examiner, whose totals lie no further apart than
//     the policy tolerates, and of pairs that mark exactly the same critical errors.
//   - halo (光环): mean over the performances of the standard deviation of the shares that the criteria were given, in per
//     cent, beside that of the others. Who gives every criterion of a candidate the same share has a small one.
//
// Leniency, range restriction and halo are told apart, and measured by means, standard deviations over ratees and
// standard deviations over dimensions, as in F. E. Saal, R. G. Downey, M. A. Lahey, Rating the ratings: Assessing the
// psychometric quality of rating data, Psychological Bulletin 88 (1980) 413-428.
//
// The group's coefficient is Krippendorff's alpha with the interval metric (K. Krippendorff, Computing Krippendorff's
// Alpha-Reliability, University of Pennsylvania, 2011; A. F. Hayes, K. Krippendorff, Answering the call for a standard
// reliability measure for coding data, Communication Methods and Measures 1 (2007) 77-89). 1 is perfect agreement, 0 what
// chance would give. Intraclass correlations need every examiner at every performance; alpha does not, and in a session
// each station has its own examiners.
//
// Sums do not depend on the order in which performances come.
package concordance
