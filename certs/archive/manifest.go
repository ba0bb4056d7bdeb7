package archive

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"io"
	"strings"
	"time"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/errs"
	"github.com/skillcert/skillcert/engine/sitting"
)

// Format is what manifests of this form call themselves.
const Format = "skillcert-archive/1"

// Manifest says what is in an archive. It is JSON in one form: the fields in this order, two spaces of indent, one line
// feed at the end.
type Manifest struct {
	Format   string       `json:"format"`
	Number   int          `json:"number"` // of the session's archives, from 1
	Earlier  *Earlier     `json:"earlier,omitempty"`
	Session  SessionInfo  `json:"session"`
	Body     BodyInfo     `json:"body"`
	Policy   string       `json:"policy"`
	Sample   bool         `json:"sample,omitempty"` // policy or bank are samples: of no effect
	Program  string       `json:"program"`          // version of what made the archive
	Reason   string       `json:"reason"`
	Asked    Signature    `json:"asked"`
	Approved Signature    `json:"approved"`
	Made     time.Time    `json:"made"`
	Volumes  []VolumeInfo `json:"volumes"`
	LeftOut  []string     `json:"left_out"` // what belongs into an archive and is not in this one, with the reason
	Files    []FileInfo   `json:"files"`    // in the order of the archive
}

// Earlier is the archive of the same session that was made before this one.
type Earlier struct {
	Number   int       `json:"number"`
	Manifest string    `json:"manifest"` // hex SHA-256
	Made     time.Time `json:"made"`
}

// SessionInfo names the session.
type SessionInfo struct {
	ID        sitting.SessionID `json:"id"`
	Name      string            `json:"name"`
	Level     engine.Level      `json:"level"`
	Province  string            `json:"province"`
	Theory    clock.Window      `json:"theory"`
	Practical clock.Window      `json:"practical"`
	Release   string            `json:"release"`
	Blueprint string            `json:"blueprint"`
}

// BodyInfo names the body that examines.
type BodyInfo struct {
	ID         engine.OrgID `json:"id"`
	Name       string       `json:"name"`
	CreditCode string       `json:"credit_code"`
	Filing     string       `json:"filing"` // number
}

// Signature says who did something and when.
type Signature struct {
	Person  engine.PersonID `json:"person"`
	Name    string          `json:"name"`
	Account string          `json:"account"`
	At      time.Time       `json:"at"`
}

// VolumeInfo is a volume and how long it is kept.
type VolumeInfo struct {
	Volume    Volume           `json:"volume"`
	Folder    string           `json:"folder"`
	Files     int              `json:"files"`
	Size      int64            `json:"size"` // bytes
	Retention engine.Retention `json:"retention"`
	Until     clock.Date       `json:"until"` // last day; the zero date is no end
}

// FileInfo is one file.
type FileInfo struct {
	Path   string `json:"path"`
	Volume Volume `json:"volume"`
	Size   int64  `json:"size"`
	SHA256 string `json:"sha256"` // hex
	About  string `json:"about"`  // what it is
}

// ErrManifest refuses a manifest that is not in the one form, or contradicts itself.
var ErrManifest = errs.New(errs.Invalid, "archive.manifest", "卷宗目录的格式不正确")

// Bytes is the manifest in its one form.
func (m *Manifest) Bytes() ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	err := e.Encode(m)
	return b.Bytes(), err
}

// ReadManifest reads what Bytes writes and nothing else; otherwise ErrManifest.
func ReadManifest(text []byte) (*Manifest, error) {
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	var m Manifest
	if err := d.Decode(&m); err != nil {
		return nil, ErrManifest
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, ErrManifest
	}
	if again, err := m.Bytes(); err != nil || !bytes.Equal(again, text) {
		return nil, ErrManifest
	}
	return &m, m.check()
}

// check asks what every manifest must say.
func (m *Manifest) check() error {
	var c errs.Check
	c.That(m.Format == Format, "format", "unknown", "不是本版本的卷宗")
	c.That(m.Number >= 1 && (m.Earlier == nil || m.Earlier.Number < m.Number), "number", "range", "序号不正确")
	c.That(m.Session.ID != "" && m.Body.Filing != "", "session", "missing", "缺少场次或机构")
	c.That(m.Asked.Person != "" && m.Approved.Person != "" && m.Asked.Person != m.Approved.Person, "approved", "same", "申请与批准不是两人")
	c.That(!m.Made.IsZero(), "made", "missing", "缺少制作时间")
	c.That(len(m.Volumes) == len(Volumes()), "volumes", "missing", "卷数不正确")
	for i, v := range m.Volumes {
		c.That(v.Volume == Volume(i+1) && v.Folder == v.Volume.Folder() && v.Files > 0, "volumes."+v.Folder, "missing", "缺少此卷，或此卷没有文件")
	}
	m.checkFiles(&c)
	return c.Err(ErrManifest)
}

// checkFiles asks that every file is named once, stands in its volume, and that the volumes add up.
func (m *Manifest) checkFiles(c *errs.Check) {
	seen, sum := map[string]bool{}, map[Volume]VolumeInfo{}
	for _, f := range m.Files {
		digest, err := hex.DecodeString(f.SHA256)
		low := strings.ToLower(f.Path)
		c.That(validPath(f.Path) && VolumeOf(f.Path) == f.Volume, "files."+f.Path, "path", "路径不正确")
		c.That(!seen[low], "files."+f.Path, "repeated", "重复")
		c.That(err == nil && len(digest) == 32 && strings.ToLower(f.SHA256) == f.SHA256, "files."+f.Path, "sha256", "摘要的格式不正确")
		c.That(f.Size >= 0 && f.Size <= MaxFile && f.About != "", "files."+f.Path, "size", "大小或说明不正确")
		seen[low] = true
		v := sum[f.Volume]
		v.Files, v.Size = v.Files+1, v.Size+f.Size
		sum[f.Volume] = v
	}
	for _, v := range m.Volumes {
		c.That(v.Files == sum[v.Volume].Files && v.Size == sum[v.Volume].Size, "volumes."+v.Folder, "sum", "件数或大小与所列文件不符")
	}
}
