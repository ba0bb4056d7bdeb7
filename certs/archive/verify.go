package archive

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"strings"

	"github.com/skillcert/skillcert/certs/pades"
	"github.com/skillcert/skillcert/engine/errs"
)

// Fault is one thing that is wrong with an archive.
type Fault struct {
	Code   string `json:"code"` // container, path, repeated, missing, extra, order, size, digest, manifest, signature
	Path   string `json:"path,omitempty"`
	Detail string `json:"detail"` // for people
}

// MostFaults is how many faults a verdict names.
const MostFaults = 20

// Verdict is what can be said of an archive.
type Verdict struct {
	Manifest *Manifest     // nil where it could not be read
	Digest   string        // hex SHA-256 of the manifest
	Seal     *pades.Report // who signed; nil where nobody trusted did, or nobody asked
	Files    int           // that were looked at
	Faults   []Fault       // the first of them
	More     int           // further ones
	Unknown  string        // why the signature could not be judged; empty when it was
}

// Good reports whether the archive is whole and signed under the given root.
func (v *Verdict) Good() bool { return len(v.Faults) == 0 && v.Seal != nil }

// Changed reports whether something is wrong with it.
func (v *Verdict) Changed() bool { return len(v.Faults) > 0 }

func (v *Verdict) fault(code, path, format string, args ...any) {
	if len(v.Faults) == MostFaults {
		v.More++
		return
	}
	v.Faults = append(v.Faults, Fault{Code: code, Path: path, Detail: fmt.Sprintf(format, args...)})
}

// Trust is by what a signature is judged; without roots it is not.
type Trust struct {
	Roots   *x509.CertPool
	Options pades.Options
}

// Verify judges an archive of size bytes, of which nothing is believed. It unpacks nothing and holds no more of it in
// memory than directory and manifest. An error says that it could not be judged: it is too large, or could not be read.
func Verify(r io.ReaderAt, size int64, t Trust) (*Verdict, error) {
	if size > MaxFile+maxManifest {
		return nil, ErrTooLarge
	}
	v, in := &Verdict{}, &bounded{r: r, left: maxDirectory}
	z, err := zip.NewReader(in, size)
	switch {
	case errors.Is(in.err, ErrTooLarge), err == nil && len(z.File) > MaxEntries+2:
		return nil, ErrTooLarge
	case in.err != nil:
		return nil, in.err
	case err != nil:
		v.fault("container", "", "不是卷宗，或文件不完整：%v", err)
		return v, nil
	}
	c := &check{Verdict: v, zip: z, reader: &failing{r: r}, size: size}
	c.judge(t)
	return v, c.reader.err
}

// check is one judgement on its way.
type check struct {
	*Verdict
	zip    *zip.Reader
	reader *failing
	size   int64
}

func (c *check) judge(t Trust) {
	if !c.shape() {
		return
	}
	manifest, signature := c.control(ManifestName, maxManifest), c.control(SignatureName, maxSignature)
	if manifest == nil || signature == nil {
		return
	}
	sum := sha256.Sum256(manifest)
	c.Digest = hex.EncodeToString(sum[:])
	m, err := ReadManifest(manifest)
	if m == nil || err != nil {
		c.fault("manifest", ManifestName, "%s", said(err))
		return
	}
	c.Manifest = m
	c.compare(m.Files)
	c.same()
	c.signed(sum, signature, t)
}

// said is a refusal for people, with the fields that are at fault.
func said(err error) string {
	var e *errs.Error
	if !errors.As(err, &e) {
		return fmt.Sprint(err)
	}
	text := e.Msg
	for _, f := range e.Fields[:min(len(e.Fields), 3)] {
		text += "；" + f.Name + " " + f.Msg
	}
	return text
}

// shape asks of every header that it is in the one form. Only then is anything of the entries read.
func (c *check) shape() bool {
	seen := map[string]bool{}
	for i, f := range c.zip.File {
		control := i == len(c.zip.File)-2 && f.Name == ManifestName || i == len(c.zip.File)-1 && f.Name == SignatureName
		low := strings.ToLower(f.Name)
		switch {
		case !control && !validPath(f.Name):
			c.fault("path", printable(f.Name), "文件名不合规定")
		case seen[low]:
			c.fault("repeated", f.Name, "同一文件出现两次")
		case f.Method != zip.Store || f.CompressedSize64 != f.UncompressedSize64 || f.Flags != utf8Name || f.UncompressedSize64 > uint64(c.size):
			c.fault("container", f.Name, "不是按规定存放的")
		}
		seen[low] = true
	}
	n := len(c.zip.File)
	if n < 2 || c.zip.File[n-2].Name != ManifestName || c.zip.File[n-1].Name != SignatureName {
		c.fault("container", "", "缺少 %s 或 %s，或不在末尾", ManifestName, SignatureName)
	}
	return !c.Changed()
}

// printable is a name as it may be shown on a terminal.
func printable(name string) string { return strings.ToValidUTF8(fmt.Sprintf("%.80q", name), "?") }

// control reads manifest or signature; nil after a fault.
func (c *check) control(name string, most int64) []byte {
	n := len(c.zip.File)
	f := c.zip.File[n-1]
	if name == ManifestName {
		f = c.zip.File[n-2]
	}
	if f.UncompressedSize64 > uint64(most) {
		c.fault("size", name, "超过 %d 字节", most)
		return nil
	}
	var b bytes.Buffer
	if _, ok := c.read(f, &b); !ok {
		return nil
	}
	return b.Bytes()
}

// read copies an entry into w and returns its SHA-256; false after a fault.
func (c *check) read(f *zip.File, w io.Writer) (sum [sha256.Size]byte, ok bool) {
	at, err := f.DataOffset()
	if err != nil {
		c.fault("container", f.Name, "%v", err)
		return sum, false
	}
	h, crc := sha256.New(), crc32.NewIEEE()
	n, err := io.Copy(io.MultiWriter(h, crc, w), io.NewSectionReader(c.reader, at, int64(f.UncompressedSize64)))
	if err != nil || n != int64(f.UncompressedSize64) {
		c.fault("container", f.Name, "文件不完整")
		return sum, false
	}
	h.Sum(sum[:0])
	if crc.Sum32() != f.CRC32 {
		c.fault("digest", f.Name, "内容被改动（校验和不符）")
		return sum, false
	}
	return sum, true
}

// compare holds the entries against the manifest.
func (c *check) compare(files []FileInfo) {
	entries := c.zip.File[:len(c.zip.File)-2]
	listed, there := map[string]int{}, map[string]bool{}
	for i, f := range files {
		listed[f.Path] = i
	}
	for i, e := range entries {
		there[e.Name] = true
		at, known := listed[e.Name]
		if !known {
			c.fault("extra", e.Name, "目录中没有这份文件")
			continue
		}
		if at != i && len(entries) == len(files) {
			c.fault("order", e.Name, "文件的次序与目录不符")
		}
		c.file(e, files[at])
	}
	for _, f := range files {
		if !there[f.Path] {
			c.fault("missing", f.Path, "目录中有、卷宗中没有这份文件（第%d卷）", f.Volume)
		}
	}
}

func (c *check) file(e *zip.File, want FileInfo) {
	c.Files++
	if int64(e.UncompressedSize64) != want.Size {
		c.fault("size", e.Name, "大小是 %d 字节，目录记载 %d 字节", e.UncompressedSize64, want.Size)
		return
	}
	sum, ok := c.read(e, io.Discard)
	if ok && hex.EncodeToString(sum[:]) != want.SHA256 {
		c.fault("digest", e.Name, "内容与目录记载的摘要不符")
	}
}

// same asks that the container is, in every byte, what the packer makes of its entries.
func (c *check) same() {
	if c.Changed() {
		return
	}
	w := &comparing{r: io.NewSectionReader(c.reader, 0, c.size)}
	z := zip.NewWriter(w)
	for _, f := range c.zip.File {
		at, err := f.DataOffset()
		var to io.Writer
		if err == nil {
			to, err = z.CreateRaw(header(f.Name, int64(f.UncompressedSize64), f.CRC32))
		}
		if err == nil {
			_, err = io.Copy(to, io.NewSectionReader(c.reader, at, int64(f.UncompressedSize64)))
		}
		if err != nil {
			c.fault("container", "", unplain)
			return
		}
	}
	if err := z.Close(); err != nil || w.n != c.size {
		c.fault("container", "", unplain)
	}
}

const unplain = "文件之间或末尾有多余的内容，或文件头被改动"

// signed judges the signature over the manifest.
func (c *check) signed(digest [sha256.Size]byte, cms []byte, t Trust) {
	if t.Roots == nil {
		c.Unknown = "没有给出根证书，签名未核验"
		return
	}
	t.Options.Body = c.Manifest.Body.Filing
	seal, err := pades.VerifyDetached(pades.Statement{Digest: digest, Claimed: c.Manifest.Made}, cms, t.Roots, t.Options)
	switch {
	case err == nil:
		c.Seal = seal
	case errors.Is(err, pades.ErrStale), errors.Is(err, pades.ErrFuture):
		c.Unknown = said(err)
	default:
		c.fault("signature", SignatureName, "%s", said(err))
	}
}
