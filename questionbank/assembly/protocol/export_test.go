package protocol

import "crypto"

// What the tests of this package look at from inside: the bytes that the specification defines.

func Expand(key Hash, label string) (Hash, error) { return expand(key, label) }
func Label(word string, numbers ...int) string    { return label(word, numbers...) }

// Numbers are the first draws below n of a stream.
func Numbers(key Hash, label string, n, count int) (list []int) {
	s := newStream(key, label)
	for range count {
		list = append(list, s.Below(n))
	}
	return list
}

func Shuffle(key Hash, label string, n int) string { return digits(order(newStream(key, label), n)) }

func SeedOf(shares []Hash, value Hash, r Roots, attempt int) (Hash, error) {
	return seedOf(shares, value, r, attempt)
}

func (t *Transcript) Roots() (Roots, error) { return t.roots() }

// Reseal signs a transcript that somebody changed, as an operator who cheats would.
func (t *Transcript) Reseal(signer crypto.Signer) ([]byte, error) { return t.seal(signer) }

// Rechain computes all hashes of the log anew.
func (t *Transcript) Rechain() error {
	var l Log
	for _, e := range t.Log {
		n, err := next(l, e.At, e.Event)
		if err != nil {
			return err
		}
		l = append(l, n)
	}
	t.Log = l
	return nil
}

func Deal(secret []byte, t, n int, chance interface{ Read([]byte) (int, error) }) ([][]byte, error) {
	return deal(secret, t, n, chance)
}

func Join(parts map[int][]byte, t int) []byte { return join(parts, t) }
