package protocol

import (
	"io"
	"maps"
	"slices"
)

// deal splits a secret into n parts of which any t give it back (Shamir over GF(2⁸) with the polynomial of AES, byte by
// byte). Part i, from 0, is the value at i+1.
func deal(secret []byte, t, n int, chance io.Reader) ([][]byte, error) {
	terms := [][]byte{secret} // coefficients, the constant first
	for range t - 1 {
		c := make([]byte, len(secret))
		if _, err := io.ReadFull(chance, c); err != nil {
			return nil, err
		}
		terms = append(terms, c)
	}
	parts := make([][]byte, n)
	for i := range parts {
		x := byte(i + 1)
		part := make([]byte, len(secret))
		for _, c := range slices.Backward(terms) {
			for k := range part {
				part[k] = times(part[k], x) ^ c[k]
			}
		}
		parts[i] = part
	}
	return parts, nil
}

// join is the secret of which parts, by their place, are at least t. It takes those of the lowest places.
func join(parts map[int][]byte, t int) []byte {
	places := slices.Sorted(maps.Keys(parts))[:t]
	secret := make([]byte, len(parts[places[0]]))
	for _, i := range places {
		weight := byte(1) // of this part in the value at zero
		for _, j := range places {
			if j != i {
				weight = times(weight, times(byte(j), inverse(byte(i)^byte(j))))
			}
		}
		for k, b := range parts[i] {
			secret[k] ^= times(b, weight)
		}
	}
	return secret
}

// times multiplies in GF(2⁸) without a branch on its arguments.
func times(a, b byte) (product byte) {
	for range 8 {
		product ^= a & -(b & 1)
		a = a<<1 ^ 0x1b&-(a>>7)
		b >>= 1
	}
	return product
}

// inverse is a²⁵⁴.
func inverse(a byte) byte {
	r := byte(1)
	for range 7 {
		a = times(a, a)
		r = times(r, a)
	}
	return r
}
