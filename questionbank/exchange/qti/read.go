package qti

import (
	"bytes"
	"path"
	"slices"
	"strings"

	"github.com/skillcert/skillcert/engine/errs"
	"github.com/skillcert/skillcert/questionbank"
	"github.com/skillcert/skillcert/questionbank/exchange/archive"
	"github.com/skillcert/skillcert/questionbank/exchange/record"
	"github.com/skillcert/skillcert/questionbank/exchange/xmlnode"
)

// Refusals of a whole package.
var ErrManifest = errs.New(errs.Invalid, "qti.manifest", "压缩包中没有 QTI 试题（缺少 imsmanifest.xml 或试题文件）")

const (
	manifestName = "imsmanifest.xml"
	maxManifest  = 64 << 20
	maxItem      = 4 << 20
)

// Read reads a package, or a single item.
func Read(name string, data []byte, o record.Options) (record.Batch, error) {
	if bytes.HasPrefix(data, []byte("PK")) {
		return readPackage(name, data, o)
	}
	r := &reader{Builder: record.NewBuilder(name, V21, o), pictures: record.NewPictures(), used: map[string]bool{}}
	if err := r.file(name, data, meta{}); err != nil {
		return record.Batch{}, err
	}
	return r.Batch, nil
}

// reader gathers the items of one package.
type reader struct {
	*record.Builder
	pack     *archive.Archive
	pictures *record.Pictures
	shown    map[string]*questionbank.Image // files of images that were read, however many items show them
	used     map[string]bool                // files that were read
}

func readPackage(name string, data []byte, o record.Options) (record.Batch, error) {
	pack, err := archive.Open(data)
	if err != nil {
		return record.Batch{}, err
	}
	r := &reader{Builder: record.NewBuilder(name, "", o), pack: pack, pictures: record.NewPictures(), shown: map[string]*questionbank.Image{}, used: map[string]bool{}}
	items, err := r.items()
	if err != nil {
		return record.Batch{}, err
	}
	for _, i := range items {
		if err := r.resource(i); err != nil {
			return record.Batch{}, err
		}
	}
	for _, n := range pack.Names() {
		if !r.used[n] {
			r.Drop(record.Place{File: n}, "文件", "没有试题用到")
		}
	}
	return r.Batch, nil
}

// items lists the items of the package: by its manifest, else every XML file.
func (r *reader) items() (all []resource, err error) {
	manifest, found := r.manifest()
	if !found {
		for _, n := range r.pack.Names() {
			if strings.HasSuffix(strings.ToLower(n), ".xml") {
				all = append(all, resource{kind: "imsqti_item_", raw: n})
			}
		}
	} else {
		data, err := r.pack.Read(manifest, maxManifest)
		if err != nil {
			return nil, err
		}
		r.used[manifest] = true
		if all, err = readManifest(manifest, data); err != nil {
			return nil, err
		}
		all = slices.DeleteFunc(all, func(e resource) bool { return !e.isItem() })
	}
	if len(all) == 0 {
		return nil, ErrManifest
	}
	return all, nil
}

// manifest finds the manifest at the root, or in the one folder that some tools put around everything.
func (r *reader) manifest() (name string, found bool) {
	if r.pack.Has(manifestName) {
		return manifestName, true
	}
	for _, n := range r.pack.Names() {
		if path.Base(n) == manifestName && strings.Count(n, "/") == 1 {
			return n, true
		}
	}
	return "", false
}

func (r *reader) resource(e resource) error {
	at := record.Place{File: manifestName, Row: e.line, Element: "resource"}
	href := r.pack.Find(e.from, e.raw)
	if href == "" {
		r.Refuse(record.Problem{Place: at, Field: "href", Found: record.Found(e.raw), Code: record.CodeMissing, Want: "压缩包内的试题文件"})
		return nil
	}
	if r.used[href] {
		r.Drop(at, "resource "+record.Found(e.raw), "清单中重复")
		return nil
	}
	r.used[href] = true
	data, err := r.pack.Read(href, maxItem)
	if err != nil {
		return err
	}
	return r.file(href, data, e.meta)
}

func (r *reader) file(name string, data []byte, m meta) error {
	root, err := xmlnode.Parse(name, data)
	if err != nil {
		return err
	}
	if !IsItem(root) {
		if r.pack == nil {
			return ErrManifest.With("%s 的根元素是 %s", name, record.Found(root.Name))
		}
		r.Drop(record.Place{File: name, Element: root.Name}, "文件", "不是试题")
		return nil
	}
	if r.Batch.Format == "" || r.pack == nil {
		r.Batch.Format = formatOf(root)
	}
	plain(root)
	r.item(name, root, m)
	return nil
}

// image resolves the address of an image in the file called from.
func (r *reader) image(from string, u *record.Used) func(src string) (string, bool) {
	return func(src string) (string, bool) {
		if r.pack == nil {
			return "", false
		}
		name := r.pack.Find(from, src)
		i, known := r.shown[name]
		if !known {
			data, err := r.pack.Read(name, questionbank.MaxImage)
			if err != nil {
				return "", false
			}
			i = r.pictures.Of(data)
			r.shown[name], r.used[name] = i, true
		}
		return u.Add(i)
	}
}
