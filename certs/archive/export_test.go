package archive

import (
	"bytes"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/clock"
)

// Packed is an archive of files with a manifest that says what m says and lists them, signed by sign. listed, when it is
// not nil, is what the manifest lists in their place.
func Packed(files []File, m Manifest, listed []FileInfo, sign func(text []byte) []byte) ([]byte, error) {
	var b bytes.Buffer
	p := newPacker(&b)
	for _, f := range files {
		if err := p.file(f); err != nil {
			return nil, err
		}
	}
	if m.Files = p.files; listed != nil {
		m.Files = listed
	}
	m.Volumes = nil
	for _, v := range Volumes() {
		info := VolumeInfo{Volume: v, Folder: v.Folder()}
		for _, f := range m.Files {
			if f.Volume == v {
				info.Files, info.Size = info.Files+1, info.Size+f.Size
			}
		}
		m.Volumes = append(m.Volumes, info)
	}
	text, err := m.Bytes()
	if err != nil {
		return nil, err
	}
	err = p.end(text, sign(text))
	return b.Bytes(), err
}

// The steps of a filing, for tests of the rules alone.
func (f *Filing) ApproveAs(s Signature, by authz.Principal) error { return f.approve(s, by) }
func (f *Filing) ApproveBy(s Signature) error {
	return f.approve(s, authz.Principal{Person: string(s.Person)})
}
func (f *Filing) RefuseBy(s Signature, why string) error      { return f.refuse(s, why) }
func (f *Filing) KeptOn(p engine.Policy, d clock.Date) []Kept { return f.kept(p, d) }

// ValidPath is validPath.
func ValidPath(name string) bool { return validPath(name) }
