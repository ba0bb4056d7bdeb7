package protocol_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/questionbank/assembly/protocol"
	"github.com/skillcert/skillcert/questionbank/merkle"
)

var update = flag.Bool("update", false, "write the test vectors anew")

const vectorDir = "../testdata/vectors"

// TestVectors holds the vectors of the specification and the code together. They are part of what a draw means: they
// change only with protocol.Algorithm.
func TestVectors(t *testing.T) {
	files := map[string][]byte{"sitting.json": story(t).reveal()}
	for name, v := range map[string]any{"stream.json": streams(t), "numbers.json": numbers(), "shuffles.json": shuffles(),
		"merkle.json": trees(), "commitments.json": commitments(t), "seed.json": seeds(t), "report.json": audit(t, files["sitting.json"])} {
		b, err := json.MarshalIndent(v, "", " ")
		if err != nil {
			t.Fatal(err)
		}
		files[name] = append(b, '\n')
	}
	r := []byte{}
	field := func(b []byte) { r = append(binary.BigEndian.AppendUint64(r, uint64(len(b))), b...) }
	field([]byte("skillcert draw vectors v1"))
	names := []string{}
	for name := range files {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		field([]byte(name))
		field(files[name])
	}
	digest := sha256.Sum256(r)
	for _, name := range names {
		golden(t, filepath.Join(vectorDir, name), files[name])
	}
	golden(t, "vectors.sha256", []byte(hex.EncodeToString(digest[:])+"\n"))
	if got := protocol.Vectors(); got != digest && !*update {
		t.Errorf("the program names vectors %s, they are %x", got, digest)
	}
}

func golden(t *testing.T, name string, b []byte) {
	t.Helper()
	if *update {
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, b, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(want, b) {
		t.Errorf("%s is not what the code gives", name)
	}
}

// label is a label in hexadecimal digits, because numbers in it are bytes.
func hexLabel(l string) string { return hex.EncodeToString([]byte(l)) }

var labels = []string{protocol.Label("slot", 0), protocol.Label("slot", 1), protocol.Label("level", 5), "withdraw0123456789abcdef0123456789abcdef",
	protocol.Label("anew", 17, 3)}

type streamVector struct {
	Key   protocol.Hash `json:"key"`
	Label string        `json:"label"`
	Out   protocol.Hash `json:"expanded"`
	Words []string      `json:"words"`
}

func streams(t *testing.T) (all []streamVector) {
	for i, l := range labels {
		key := hashOf(fmt.Sprint("seed ", i))
		out, err := protocol.Expand(key, l)
		if err != nil {
			t.Fatal(err)
		}
		v, chacha := streamVector{Key: key, Label: hexLabel(l), Out: out}, rand.NewChaCha8(out)
		for range 40 {
			v.Words = append(v.Words, fmt.Sprintf("%016x", chacha.Uint64()))
		}
		all = append(all, v)
	}
	return all
}

type numberVector struct {
	Key     protocol.Hash `json:"key"`
	Label   string        `json:"label"`
	Below   int           `json:"below"`
	Numbers []int         `json:"numbers"`
}

func numbers() (all []numberVector) {
	for i, n := range []int{1, 2, 3, 7, 100, 1 << 20, 1<<31 - 1, 3 << 29, 1 << 31} {
		key := hashOf(fmt.Sprint("numbers ", i))
		all = append(all, numberVector{key, hexLabel(labels[0]), n, protocol.Numbers(key, labels[0], n, 24)})
	}
	return all
}

type shuffleVector struct {
	Key   protocol.Hash `json:"key"`
	Label string        `json:"label"`
	Count int           `json:"count"`
	Order string        `json:"order"`
}

func shuffles() (all []shuffleVector) {
	for n := 1; n <= 8; n++ {
		for i := range 3 {
			key := hashOf(fmt.Sprint("shuffle ", n, i))
			all = append(all, shuffleVector{key, hexLabel(labels[1]), n, protocol.Shuffle(key, labels[1], n)})
		}
	}
	return all
}

type treeVector struct {
	Leaves []string        `json:"leaves"` // the bytes of the leaves, before they are hashed
	Root   protocol.Hash   `json:"root"`
	Path   []protocol.Hash `json:"path"` // of the last leaf
}

func trees() (all []treeVector) {
	for n := range 9 {
		v, hashes := treeVector{Leaves: []string{}, Path: []protocol.Hash{}}, []protocol.Hash{}
		for i := range n {
			b := bytes.Repeat([]byte{byte(i)}, i)
			v.Leaves, hashes = append(v.Leaves, hex.EncodeToString(b)), append(hashes, merkle.Leaf(b))
		}
		v.Root = merkle.Root(hashes)
		v.Path = append(v.Path, merkle.Path(hashes, n-1)...)
		all = append(all, v)
	}
	return all
}

type commitmentVector struct {
	Terms      protocol.Terms      `json:"terms"`
	Secret     protocol.Secret     `json:"secret"`
	Commitment protocol.Commitment `json:"commitment"`
	Boxes      []protocol.Hex      `json:"boxes"` // X25519 private keys of all custodians
	Shares     []protocol.Share    `json:"shares"`
}

func commitments(t *testing.T) commitmentVector {
	x := terms(t, 4, 3)
	v := commitmentVector{Terms: x, Secret: secret(t, 2)}
	var err error
	if v.Commitment, err = x.Commit(2, v.Secret, chance("vector")); err != nil {
		t.Fatal(err)
	}
	for _, name := range names[:4] {
		v.Boxes = append(v.Boxes, box(t, name).Bytes())
	}
	v.Shares = opened(t, x, v.Commitment, 1, 3, 4)
	return v
}

type seedVector struct {
	Shares  []protocol.Hash                `json:"shares"`
	Value   protocol.Hash                  `json:"value"`
	Roots   protocol.Roots                 `json:"roots"`
	Attempt int                            `json:"attempt"`
	Seed    protocol.Hash                  `json:"seed"`
	Levels  map[engine.Level]protocol.Hash `json:"levels"`
}

func seeds(t *testing.T) (all []seedVector) {
	for attempt := range 3 {
		v := seedVector{Value: hashOf("value"), Attempt: attempt, Levels: map[engine.Level]protocol.Hash{},
			Roots: protocol.Roots{Bank: hashOf("B"), Plan: hashOf("P"), Roster: hashOf("R"), Usage: hashOf("U"), Engine: hashOf("E")}}
		for j := range attempt + 1 {
			v.Shares = append(v.Shares, secret(t, j+1).Share)
		}
		var err error
		if v.Seed, err = protocol.SeedOf(v.Shares, v.Value, v.Roots, attempt); err != nil {
			t.Fatal(err)
		}
		for _, l := range engine.Levels() {
			if v.Levels[l], err = protocol.Expand(v.Seed, protocol.Label("level", int(l))); err != nil {
				t.Fatal(err)
			}
		}
		all = append(all, v)
	}
	return all
}
