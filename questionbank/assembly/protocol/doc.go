// Package protocol proves that nobody could choose the forms of a sitting: commit, draw, reveal (承诺、组卷、公开).
//
// Custodians (份额保管人) bind themselves to secret shares first. Then the operator binds bank, blueprints, roster and
// usage ledger to roots, and only afterwards a public random value comes to be known. The seed is mixed from all of
// them, the forms follow from it, and a signed root over them stands before the sitting opens. What happens later — late
// candidates, absences, withdrawn items — follows rules that are fixed too, and is logged. When everything is over, the
// secrets are revealed, and one file, the Transcript, lets everybody derive all of it again: see Audit. Nobody needs the
// items for that, nor learns them from it: the draw rests on metadata under handles that are made for one sitting.
//
// The package is pure: instants, secrets and randomness come in as values, nothing is stored. Sitting is the operator's
// side, Terms the custodians', Audit and Receipt those of everybody else. SPEC.md in the directory above defines every
// byte; a golden test holds the specification's vectors and this code together.
package protocol
