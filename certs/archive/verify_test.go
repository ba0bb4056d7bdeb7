package archive_test

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"crypto/x509"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/skillcert/skillcert/certs/archive"
	"github.com/skillcert/skillcert/certs/keys"
	"github.com/skillcert/skillcert/certs/pades"
	"github.com/skillcert/skillcert/engine/errs"
)

var update = flag.Bool("update", false, "make the sample archive of testdata anew")

// made is when the archives of these tests say that they were made.
func made() time.Time { return time.Date(2026, 1, 5, 4, 0, 0, 0, time.UTC) }

// bench is a body that signs archives.
type bench struct {
	testing.TB
	ring *keys.Ring
}

func newBench(t testing.TB) *bench {
	t.Helper()
	ring, err := keys.Init(t.TempDir(), "样例评价中心", true, made())
	check(t, err)
	t.Cleanup(func() { check(t, ring.Close()) })
	return &bench{t, ring}
}

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// sign signs a manifest for the body of the tests.
func (b *bench) sign(text []byte) []byte {
	b.Helper()
	s, err := b.ring.Sealer(keys.Body{Name: "样例评价中心", Filing: "S000012009999"}, 2026, made())
	check(b, err)
	cms, err := s.SignDetached(pades.Statement{Digest: sha256.Sum256(text), Claimed: made()})
	check(b, err)
	return cms
}

func (b *bench) trust() archive.Trust { return archive.Trust{Roots: b.ring.Trust()} }

// manifest is what an archive of one session says of itself; n is its number.
func manifest(n int) archive.Manifest {
	m := archive.Manifest{Format: archive.Format, Number: n, Session: archive.SessionInfo{ID: "s1", Name: "第一场", Level: 5, Province: "12"},
		Body: archive.BodyInfo{ID: "o", Name: "样例评价中心", CreditCode: "91120000MYYYYYY1XC", Filing: "S000012009999"}, Policy: "sample-2026", Sample: true,
		Program: "test", Reason: "年度归档", Asked: archive.Signature{Person: "p1", Name: "姚静", Account: "kaowu", At: made()},
		Approved: archive.Signature{Person: "p2", Name: "严守正", Account: "dudao", At: made()}, Made: made(), LeftOut: []string{"录像"}}
	if n > 1 {
		m.Earlier = &archive.Earlier{Number: n - 1, Manifest: strings.Repeat("a", 64), Made: made()}
	}
	return m
}

// files are one or two files for each volume; what is in them begins with who.
func files(who string) (all []archive.File) {
	for _, v := range archive.Volumes() {
		all = append(all, archive.File{Path: v.Folder() + "/记录.jsonl", About: "记录", Data: []byte(who + v.Folder())})
	}
	return append(all, archive.File{Path: archive.Certificates.Folder() + "/证书/S000.pdf", About: "证书", Data: []byte(who + "%PDF")})
}

// packed is an archive of the files.
func (b *bench) packed(all []archive.File, n int) []byte {
	b.Helper()
	file, err := archive.Packed(all, manifest(n), nil, b.sign)
	check(b, err)
	return file
}

func (b *bench) verdict(file []byte, t archive.Trust) *archive.Verdict {
	b.Helper()
	v, err := archive.Verify(bytes.NewReader(file), int64(len(file)), t)
	check(b, err)
	return v
}

// finds expects that the first fault is of a code and at a path.
func (b *bench) finds(file []byte, code, path string) {
	b.Helper()
	v := b.verdict(file, b.trust())
	if !v.Changed() || v.Good() || !slices.ContainsFunc(v.Faults, func(f archive.Fault) bool { return f.Code == code && f.Path == path }) {
		b.Errorf("want %s at %q, got %+v", code, path, v.Faults)
	}
}

// 完整的卷宗：核验通过，普通的解压工具也能打开。
func TestAWholeArchiveIsGood(t *testing.T) {
	b := newBench(t)
	file := b.packed(files("甲"), 2)
	v := b.verdict(file, b.trust())
	if !v.Good() || v.Changed() || v.Files != 6 || v.Manifest.Earlier.Number != 1 || v.Seal.Signer.Subject.OrganizationalUnit[0] != "S000012009999" {
		t.Fatalf("%+v", v)
	}
	again := b.packed(files("甲"), 2)
	if cut := len(file) - 3000; !bytes.Equal(file[:cut], again[:cut]) {
		t.Error("the same data gives other bytes")
	}
	z, err := zip.NewReader(bytes.NewReader(file), int64(len(file)))
	check(t, err)
	if len(z.File) != 8 || z.File[6].Name != archive.ManifestName {
		t.Errorf("%d entries", len(z.File))
	}
	name := filepath.Join(t.TempDir(), "a.zip")
	check(t, os.WriteFile(name, file, 0o600))
	if out, err := exec.Command("unzip", "-t", name).CombinedOutput(); err != nil {
		t.Errorf("unzip: %v\n%s", err, out)
	}
}

// 没有根证书时只能说“不能判断”，不能说“真实”；别家的根证书则不认。
func TestWithoutARootNothingIsGenuine(t *testing.T) {
	b, other := newBench(t), newBench(t)
	file := b.packed(files("甲"), 1)
	if v := b.verdict(file, archive.Trust{}); v.Good() || v.Changed() || v.Unknown == "" {
		t.Errorf("without a root: %+v", v)
	}
	if v := b.verdict(file, other.trust()); v.Good() || !v.Changed() || v.Faults[0].Code != "signature" {
		t.Errorf("under another root: %+v", v)
	}
	early := b.trust()
	early.Options.Now = made().Add(-time.Hour)
	if v := b.verdict(file, early); v.Good() || v.Changed() || v.Unknown == "" {
		t.Errorf("made in the future: %+v", v)
	}
}

// 任何一个字节被改动，不论在哪份文件、文件头或签名里，都能发现。
func TestEveryByteCounts(t *testing.T) {
	b := newBench(t)
	file := b.packed(files("甲"), 1)
	for at := range file {
		bad := bytes.Clone(file)
		bad[at] ^= 1 << (at % 8)
		if v := b.verdict(bad, b.trust()); v.Good() || !v.Changed() {
			t.Fatalf("byte %d of %d: %+v", at, len(file), v)
		}
	}
	for _, bad := range [][]byte{append([]byte("x"), file...), append(bytes.Clone(file), 0), file[:len(file)-1], file[:100], nil} {
		if v := b.verdict(bad, b.trust()); !v.Changed() {
			t.Errorf("%d bytes in the place of %d are good", len(bad), len(file))
		}
	}
}

// 改动的文件会被点名。
func TestTheChangedFileIsNamed(t *testing.T) {
	b := newBench(t)
	for i, f := range files("甲") {
		file := b.packed(files("甲"), 1)
		at := bytes.Index(file, f.Data)
		file[at] ^= 1
		b.finds(file, "digest", files("甲")[i].Path)
	}
}

// 把另一份卷宗里的同名文件换进来：内容本身没有问题，但与目录不符，能够发现。
func TestAFileOfAnotherArchiveIsFound(t *testing.T) {
	b := newBench(t)
	first := b.verdict(b.packed(files("甲"), 1), b.trust()).Manifest
	for i, f := range files("甲") {
		mixed := files("甲")
		mixed[i] = files("乙")[i]
		file, err := archive.Packed(mixed, manifest(1), first.Files, b.sign)
		check(t, err)
		b.finds(file, "digest", f.Path)
	}
}

// 少一卷、少一份、多一份、换了次序，都会被点名。
func TestWhatIsMissingOrTooMuchIsNamed(t *testing.T) {
	b := newBench(t)
	all := files("甲")
	whole := b.verdict(b.packed(all, 1), b.trust()).Manifest.Files
	packed := func(files []archive.File, listed []archive.FileInfo) []byte {
		file, err := archive.Packed(files, manifest(1), listed, b.sign)
		check(t, err)
		return file
	}
	b.finds(packed(all[:5], whole), "missing", all[5].Path)
	b.finds(packed(slices.Delete(slices.Clone(all), 2, 3), whole), "missing", all[2].Path)
	b.finds(packed(all, whole[:5]), "extra", all[5].Path)
	swapped := slices.Clone(all)
	swapped[0], swapped[1] = swapped[1], swapped[0]
	b.finds(packed(swapped, whole), "order", all[0].Path)
	without := slices.Delete(slices.Clone(all), 2, 3) // a volume that is not even listed
	b.finds(packed(without, nil), "manifest", archive.ManifestName)
}

// 压缩的、加密的、路径跳出目录的、同名的，都不打开。
func TestUnplainContainersAreRefused(t *testing.T) {
	b := newBench(t)
	odd := func(change func(h *zip.FileHeader)) []byte {
		var out bytes.Buffer
		file := b.packed(files("甲"), 1)
		from, err := zip.NewReader(bytes.NewReader(file), int64(len(file)))
		check(t, err)
		to := zip.NewWriter(&out)
		for i, f := range from.File {
			h := f.FileHeader
			if i == 0 {
				change(&h)
			}
			w, err := to.CreateRaw(&h)
			check(t, err)
			r, err := f.OpenRaw()
			check(t, err)
			data, err := io.ReadAll(r)
			check(t, err)
			if !strings.HasSuffix(h.Name, "/") { // of a folder the writer takes nothing
				_, err = w.Write(data)
				check(t, err)
			}
		}
		check(t, to.Close())
		return out.Bytes()
	}
	first := files("甲")[0].Path
	b.finds(odd(func(h *zip.FileHeader) { h.Method = zip.Deflate }), "container", first)
	b.finds(odd(func(h *zip.FileHeader) { h.Flags |= 1 }), "container", first)
	b.finds(odd(func(h *zip.FileHeader) { h.UncompressedSize64 = 1 << 40 }), "container", first)
	b.finds(odd(func(h *zip.FileHeader) { h.Comment = "x" }), "container", "")
	b.finds(odd(func(h *zip.FileHeader) { h.Extra = []byte{1, 0, 0, 0} }), "container", "")
	b.finds(odd(func(h *zip.FileHeader) { h.ExternalAttrs = 0o120777 << 16 }), "container", "") // a link
	b.finds(odd(func(h *zip.FileHeader) { h.Name = files("甲")[1].Path }), "repeated", files("甲")[1].Path)
	for _, name := range []string{"../x.csv", "/etc/passwd", "x.csv", `1-报名与资格审查\x.csv`, "1-报名与资格审查/../../x", "1-报名与资格审查/照片/x/y.jpg",
		"1-报名与资格审查/", "1-报名与资格审查/.x", "1-报名与资格审查/a:b", "1-报名与资格审查/x\x00", "1-报名与资格审查/x.", "6-其他/x.csv"} {
		if archive.ValidPath(name) {
			t.Errorf("%q is taken", name)
		}
		if v := b.verdict(odd(func(h *zip.FileHeader) { h.Name = name }), b.trust()); !v.Changed() || v.Faults[0].Code != "path" {
			t.Errorf("%q: %+v", name, v.Faults)
		}
	}
}

// 一个人既申请又批准的目录，即使签了名也不认。
func TestAManifestOfOnePersonIsRefused(t *testing.T) {
	b := newBench(t)
	for name, change := range map[string]func(m *archive.Manifest){
		"one person":    func(m *archive.Manifest) { m.Approved.Person = m.Asked.Person },
		"no number":     func(m *archive.Manifest) { m.Number = 0 },
		"before itself": func(m *archive.Manifest) { m.Earlier = &archive.Earlier{Number: 1} },
		"another form":  func(m *archive.Manifest) { m.Format = "skillcert-archive/2" },
		"no time":       func(m *archive.Manifest) { m.Made = time.Time{} },
		"another body":  func(m *archive.Manifest) { m.Body.Filing = "S000012000001" },
	} {
		m := manifest(1)
		change(&m)
		file, err := archive.Packed(files("甲"), m, nil, b.sign)
		check(t, err)
		if v := b.verdict(file, b.trust()); v.Good() || !v.Changed() {
			t.Errorf("%s: %+v", name, v)
		}
	}
}

// broken is a disk that fails.
type broken struct{}

var errDisk = errors.New("disk")

func (d broken) ReadAt([]byte, int64) (int, error) { return 0, errDisk }

// 读不出来的、太大的，是“不能判断”，不是“被改动”。
func TestWhatCannotBeReadIsNotJudged(t *testing.T) {
	if _, err := archive.Verify(broken{}, 1<<20, archive.Trust{}); !errors.Is(err, errDisk) {
		t.Errorf("a disk that fails: %v", err)
	}
	if _, err := archive.Verify(bytes.NewReader(nil), archive.MaxFile+1<<30, archive.Trust{}); errs.KindOf(err) != errs.TooLarge {
		t.Errorf("a file without an end: %v", err)
	}
}

// Archives of the first form are to be verified for as long as they are kept: this one was made when the form was.
func TestTheSampleOfTheFirstForm(t *testing.T) {
	name, root := filepath.Join("testdata", "sample.zip"), filepath.Join("testdata", "root.pem")
	if *update {
		b := newBench(t)
		check(t, os.WriteFile(name, b.packed(files("样例"), 1), 0o644))
		check(t, os.WriteFile(root, b.ring.RootPEM(), 0o644))
	}
	file, err := os.ReadFile(name)
	check(t, err)
	pem, err := os.ReadFile(root)
	check(t, err)
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(pem)
	v, err := archive.Verify(bytes.NewReader(file), int64(len(file)), archive.Trust{Roots: pool})
	check(t, err)
	if !v.Good() || v.Files != 6 {
		t.Fatalf("%+v", v)
	}
}

// Whatever is read, nothing is good but what was made, and nothing breaks the reader.
func FuzzVerify(f *testing.F) {
	sample, err := os.ReadFile(filepath.Join("testdata", "sample.zip"))
	check(f, err)
	pem, err := os.ReadFile(filepath.Join("testdata", "root.pem"))
	check(f, err)
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(pem)
	f.Add(sample)
	f.Add(sample[:len(sample)-30])
	f.Add([]byte("PK\x05\x06" + strings.Repeat("\x00", 18)))
	f.Fuzz(func(t *testing.T, data []byte) {
		v, err := archive.Verify(bytes.NewReader(data), int64(len(data)), archive.Trust{Roots: pool})
		if err == nil && v.Good() && !bytes.Equal(data, sample) {
			t.Error("another archive is good")
		}
		_ = fmt.Sprint(v)
	})
}
