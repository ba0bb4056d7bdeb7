package archive

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"iter"

	"github.com/skillcert/skillcert/certs/keys"
	"github.com/skillcert/skillcert/certs/pades"
	"github.com/skillcert/skillcert/certs/translog"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/ids"
	"github.com/skillcert/skillcert/engine/people"
)

// leftOut is what belongs into an archive by domain facts §4.4 and is not in one of ours.
func leftOut() []string {
	return []string{
		"第3卷：考务人员本人的签到、试卷的纸质领取与收回登记，本系统没有记录，由纸质档案补充",
		"第4卷：考场和操作考核的照片、录像，不由本系统保存",
		"第4卷：试题答案、解析和操作评分标准，属题库内容，凭试题版本的摘要到题库查对",
	}
}

// Making is an archive as it is read: it is gathered while it is read, one file at a time. Reading it to its end completes
// the filing; what fails breaks it off, and the file does not open.
type Making struct {
	Name string // of the file

	ctx    context.Context
	by     authz.Principal
	src    *source
	next   func() (File, error, bool)
	stop   func()
	buffer bytes.Buffer
	packer *packer
	ended  bool
	err    error
}

// Make begins to give out the archive of an approved filing to the person who asked for it; Close ends it. That it began, and
// that it tells numbers of documents in clear, is on record before Make answers. ctx must last as long as the reading.
func (d *Desk) Make(ctx context.Context, by authz.Principal, id FilingID) (*Making, error) {
	if err := by.Require(authz.ArchiveAsk); err != nil {
		return nil, err
	}
	now := d.clock.Now()
	f, err := d.change(ctx, by, id, func(f *Filing) error { return f.begin(by, now) })
	if err != nil {
		return nil, err
	}
	src, err := d.open(ctx, by, f)
	if err != nil {
		return nil, err
	}
	if err := d.rooms.Counter.Export(ctx, by, string(f.ID)+".zip", "场次归档", len(src.seats), people.DetailNumber, people.DetailPhone); err != nil {
		return nil, err
	}
	m := &Making{Name: string(f.ID) + ".zip", ctx: ctx, by: by, src: src}
	m.packer = newPacker(&m.buffer)
	m.next, m.stop = iter.Pull2(src.files(ctx))
	if err := m.step(); err != nil { // what is wrong from the start is told before anything is given out
		return nil, errors.Join(err, m.Close())
	}
	return m, nil
}

// errStopped ends a gathering that nobody reads any more.
var errStopped = errors.New("archive: nobody reads on")

// files are the files of all volumes in their order; an error is the last element.
func (s *source) files(ctx context.Context) iter.Seq2[File, error] {
	return func(yield func(File, error) bool) {
		to := func(v Volume, name, about string, data []byte, err error) error {
			if err == nil && !yield(File{Path: v.Folder() + "/" + name, About: about, Data: data}, nil) {
				err = errStopped
			}
			return err
		}
		for _, gather := range s.gatherers() {
			if err := gather(ctx, to); err != nil {
				if !errors.Is(err, errStopped) {
					yield(File{}, err)
				}
				return
			}
		}
	}
}

// Read is io.Reader.
func (m *Making) Read(p []byte) (int, error) {
	for m.buffer.Len() == 0 {
		if m.err == nil && m.ended {
			m.err = io.EOF
		}
		if m.err != nil {
			return 0, m.err
		}
		m.err = m.step()
	}
	return m.buffer.Read(p)
}

// Close lets go of what is being gathered.
func (m *Making) Close() error {
	m.stop()
	return nil
}

// step packs the next file, or the end.
func (m *Making) step() error {
	f, err, more := m.next()
	switch {
	case err != nil:
		return err
	case more:
		return m.packer.file(f)
	}
	m.ended = true
	return m.finish()
}

// finish signs what was packed, logs it, notes it on the filing, and only then packs the end.
func (m *Making) finish() error {
	text, err := m.src.manifest(m.packer).Bytes()
	if err != nil {
		return err
	}
	if _, err := ReadManifest(text); err != nil {
		return err
	}
	f := m.src.filing
	out := made{manifest: digestOf(text), signed: f.Signed, leaf: f.Leaf, logged: f.Logged, files: len(m.packer.files), size: m.packer.size,
		volumes: m.src.volumes(m.packer.files)}
	if f.Manifest == "" {
		if out.signed, err = m.src.sign(text); err != nil {
			return err
		}
		if err := m.src.log(m.ctx, &out); err != nil {
			return err
		}
	}
	kept, err := m.src.note(m.ctx, m.by, out)
	if err != nil {
		return err
	}
	return m.packer.end(text, kept.Signed)
}

func digestOf(text []byte) string {
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

// note completes the filing. What came out otherwise is on record as well, and is given out no further.
func (s *source) note(ctx context.Context, by authz.Principal, out made) (*Filing, error) {
	now := s.clock.Now()
	var differs error
	f, err := s.change(ctx, by, s.filing.ID, func(f *Filing) error {
		if differs = f.finish(by, now, out); errors.Is(differs, ErrChanged) {
			f.Trail.AddBy(now, by, eventDiffers, out.manifest)
			return nil
		}
		return differs
	})
	return f, errors.Join(err, differs)
}

// manifest is what the archive says of itself.
func (s *source) manifest(p *packer) *Manifest {
	f := s.filing
	return &Manifest{Format: Format, Number: f.Number, Earlier: f.Earlier, Session: sessionInfo(s.session), Body: bodyInfo(s.body, s.session, s.policy.Location()), Policy: s.session.Policy,
		Sample: s.session.Sample || s.policy.Sample, Program: s.means.Program, Reason: f.Reason, Asked: f.Asked, Approved: f.Decided, Made: s.at(),
		Volumes: s.volumes(p.files), LeftOut: leftOut(), Files: p.files}
}

// volumes are the volumes with what is in them, each with how long it is kept from the day on which the archive was made.
func (s *source) volumes(files []FileInfo) []VolumeInfo {
	all := make([]VolumeInfo, len(Volumes()))
	filed := clock.DateOf(s.at(), s.policy.Location())
	for i, v := range Volumes() {
		r := s.policy.Keeps(int(v))
		all[i] = VolumeInfo{Volume: v, Folder: v.Folder(), Retention: r, Until: r.Until(filed)}
	}
	for _, f := range files {
		all[f.Volume-1].Files++
		all[f.Volume-1].Size += f.Size
	}
	return all
}

// sign signs a manifest in the name of the body.
func (s *source) sign(text []byte) ([]byte, error) {
	body := keys.Body{Name: s.body.Name, Filing: bodyInfo(s.body, s.session, s.policy.Location()).Filing}
	sealer, err := s.means.Keys.Sealer(body, keys.Year(s.at()), s.at())
	if err != nil {
		return nil, err
	}
	return sealer.SignDetached(pades.Statement{Digest: sha256.Sum256(text), Claimed: s.at()})
}

// log enters the digest of the manifest in the transparency log, where there is one: once for every digest.
func (s *source) log(ctx context.Context, out *made) error {
	if s.means.Journal == nil {
		return nil
	}
	sum, err := hex.DecodeString(out.manifest)
	if err != nil {
		return err
	}
	leaf := translog.Leaf{Event: translog.Archived, Commitment: [sha256.Size]byte(sum)}
	at, err := s.means.Journal.Append(ctx, []translog.Entry{{ID: ids.Derive("archive", string(s.filing.ID), out.manifest), Data: leaf.Bytes()}})
	if err != nil {
		return err
	}
	out.leaf, out.logged = at[0], true
	return nil
}
