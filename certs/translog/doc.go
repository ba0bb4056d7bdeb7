// Package translog is the transparency log (透明日志) of certificates: an append-only, public sequence of leaves, one for
// everything that happens to a certificate. Nobody can issue or revoke one in silence, this house included: every leaf
// is under a signed checkpoint, and whoever kept an earlier checkpoint finds out when a later one tells another history.
//
// Formats are those of C2SP: tlog-tiles for leaves and hashes, tlog-checkpoint for what is signed, tlog-cosignature for
// what witnesses add, tlog-proof for proofs. Hashes are those of RFC 6962.
//
// The trees come from golang.org/x/mod/sumdb/tlog, the leaves live in the document store of the house, and not in the
// files of a log server such as Tessera's POSIX driver: any number of processes over one MongoDB append to one log, so
// an append has to be what every command of the house is, one document replaced by compare-and-swap. A bundle of 256
// leaves is one document. It carries the names of its events too, which makes an append exactly-once: who replaces the
// last bundle at the revision at which they did not find a name in it knows that nobody else put it there meanwhile.
// Names never leave the house; what is published is salted hashes.
package translog
