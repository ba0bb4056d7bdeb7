// Package assembly draws theory forms (试卷) from a bank, a blueprint and a seed, and says why when it cannot. It is pure:
// no clock, no store, no global randomness, and no floating point in a draw.
//
// # What a form meets
//
// The items by range, type and difficulty exactly; at most Blueprint.MaxPerPoint items of one assessment point; no two
// items of one enemy group (相斥组); the items by importance and the expected time within their bounds; at most
// Blueprint.SupplementCap items of the province's own supplement and none of another's; nothing that the slot excludes;
// what two forms may share, and how often an item may be used. Items come by type, in a drawn order within the type;
// options are shown in a drawn order that the form records. Check verifies all of this and shares no code with the draw.
//
// # How it is drawn
//
// A form takes items from buckets: one for each origin, point and cell of type and difficulty. There are as many buckets
// however many items, so a draw takes no longer from a large bank. What the next item of a bucket costs is how often its
// items were used in the slots before, so use stays even; what is used faster than the least possible peak costs far
// more, what was not used comes first. A walk over the scopes takes what is cheapest, at prices that have learned what
// the columns need; exchanges then repair columns, the cap on supplement items and importances; decks that are dealt
// to their end give the items; swaps of single items bring the time into its window and part forms that share too
// much. A slot for which that fails is tried with other streams and then decided by a search over flows. No slot is
// dropped silently: it has a form, a Shortage or ErrUndecided.
//
// # What it means
//
// The order of an Index, every choice among equals and every number drawn are part of a form's meaning: an outsider with
// cards, blueprint, roster and seed derives every form again. SPEC.md says how, to the byte; a golden test holds it still.
package assembly
