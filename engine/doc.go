// Package engine is the vocabulary that everything else is written in: occupations and levels, points, people,
// bodies, and the versioned policy data that regulations set. It knows no HTTP, no database and no wall clock.
package engine
