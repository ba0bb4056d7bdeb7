// Package assembly draws individual theory forms (试卷) from a release, a blueprint and a seed, and says why when it
// cannot. It is pure: no clock, no store, no global randomness, and no floating point.
//
// # What a form meets
//
// The counts by type and the items by range exactly, at most Blueprint.MaxPerPoint items of one assessment point, no
// two items of one enemy group (相斥组), at most Blueprint.SupplementCap items of the province's own supplement and
// none of another province's. Items come by type, in a drawn order within the type. Options of single and multiple
// items are shown in a drawn order that the form records. Check verifies all of this and shares no code with the draw.
//
// # How it is drawn
//
// Ranges over points on one side and types on the other are two laminar families, so the choice of how many items come
// from each bucket of a point, type and origin is a minimum-cost flow with whole-numbered optima. The cost of a bucket
// is how often its items were used in the slots before, so use stays even; what is used faster than the least possible
// peak (ExposureBound) allows costs more. The flow starts from the optimum without type counts and restores those by
// shortest exchanges. Items then come from a deck per bucket that is dealt to its end before it starts again.
//
// # When it cannot
//
// Without enemies the flow decides. With enemies the question is hard in general: items are matched to buckets, and
// where groups stand in the way a search over their owners decides, which misses nothing but gives up with ErrUndecided
// after a fixed number of steps. Draw gives up only where Prove does. When no form exists, a minimum cut of the network
// is the explanation (Shortage).
//
// # Randomness
//
// The key of a slot is HKDF-SHA256-Expand(seed, "slot" || be64(slot)), that of the opening state is
// HKDF-SHA256-Expand(seed, "start"); the generator is ChaCha8 (C2SP chacha8rand, math/rand/v2). A number below n is
// the upper half of the 64-bit product of n and the upper 32 bits of a draw; draws whose lower half is below 2³² mod n
// are rejected. A shuffle walks i from the last position down to 1 and swaps with a number below i+1. These
// definitions, the order of an Index and this package's rules are part of a form's meaning: an outsider with the release,
// the blueprint and the seed re-derives every form with them, and a golden test holds them still.
package assembly
