// Package archive opens zip packages that others sent. Nothing is unpacked to a disk: names are keys only. A package
// whose directory is odd in any way is refused whole, and what is inflated is counted while it is inflated, whatever
// the directory says about sizes.
package archive

import (
	"archive/zip"
	"bytes"
	"errors"
	"io"
	"io/fs"
	"net/url"
	"path"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/skillcert/skillcert/engine/errs"
)

// Limits of one package. A ratio above MaxRatio is no text or image that people send; small entries are exempt, since
// a short file of blanks reaches any ratio.
const (
	MaxBytes = 20 << 20  // as sent
	MaxFiles = 20_000    // in the directory
	MaxTotal = 256 << 20 // inflated, all together
	MaxRatio = 200
	smallest = 1 << 20
	maxName  = 512
)

// Refusals of a whole package.
var (
	ErrBroken = errs.New(errs.Invalid, "package.broken", "压缩包已损坏或不完整")
	ErrName   = errs.New(errs.Invalid, "package.name", "压缩包内有越界或不规范的文件名")
	ErrLink   = errs.New(errs.Invalid, "package.link", "压缩包内有链接或特殊文件")
	ErrSecret = errs.New(errs.Invalid, "package.encrypted", "压缩包已加密，请解密后再上传")
	ErrBomb   = errs.New(errs.TooLarge, "package.bomb", "压缩包展开后过大，不予处理")
	ErrFiles  = errs.New(errs.TooLarge, "package.files", "压缩包内文件过多")
	ErrAbsent = errs.New(errs.Invalid, "package.absent", "压缩包内没有该文件")
)

// Archive is an opened package.
type Archive struct {
	files map[string]*zip.File
	left  int64 // bytes that may still be inflated
}

// Open checks the directory of a package.
func Open(data []byte) (*Archive, error) {
	if len(data) > MaxBytes {
		return nil, ErrBomb.With("压缩包超过 %d MB", MaxBytes>>20)
	}
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil && !errors.Is(err, zip.ErrInsecurePath) {
		return nil, ErrBroken
	}
	if len(z.File) > MaxFiles {
		return nil, ErrFiles.With("%d 个，最多 %d 个", len(z.File), MaxFiles)
	}
	a := &Archive{files: make(map[string]*zip.File, len(z.File)), left: MaxTotal}
	seen := make(map[string]bool, len(z.File))
	total := uint64(0)
	for _, f := range z.File {
		if err := checkEntry(f); err != nil {
			return nil, err
		}
		if total += min(f.UncompressedSize64, MaxTotal+1); total > MaxTotal {
			return nil, ErrBomb.With("展开后超过 %d MB", MaxTotal>>20)
		}
		if strings.HasSuffix(f.Name, "/") {
			continue
		}
		folded := strings.ToLower(f.Name)
		if seen[folded] {
			return nil, ErrName.With("%q 重复", f.Name)
		}
		seen[folded], a.files[f.Name] = true, f
	}
	return a, nil
}

func checkEntry(f *zip.File) error {
	mode := f.Mode()
	switch {
	case !safe(f.Name):
		return ErrName.With("%q", short(f.Name))
	case mode&fs.ModeSymlink != 0, mode&^fs.ModePerm&^fs.ModeDir != 0:
		return ErrLink.With("%q", short(f.Name))
	case f.Flags&1 != 0:
		return ErrSecret
	case Swells(f):
		return ErrBomb.With("%q", short(f.Name))
	}
	return nil
}

// Swells reports whether a file inflates to more than people's files do, by what the directory says of it.
func Swells(f *zip.File) bool {
	return f.UncompressedSize64 > smallest && f.UncompressedSize64/MaxRatio > f.CompressedSize64
}

// safe accepts relative paths of plain names only: no way up, no root, drive or backslash, nothing invisible.
func safe(name string) bool {
	dir := strings.TrimSuffix(name, "/")
	return dir != "" && len(name) <= maxName && utf8.ValidString(name) && path.Clean(dir) == dir && !path.IsAbs(dir) &&
		dir != ".." && !strings.HasPrefix(dir, "../") &&
		!strings.ContainsFunc(name, func(r rune) bool { return r < ' ' || r == 0x7f || r == '\\' || r == ':' })
}

func short(name string) string {
	if len(name) > 80 {
		return strings.ToValidUTF8(name[:80], "") + "…"
	}
	return name
}

// Names lists the files in the byte order of their names.
func (a *Archive) Names() []string {
	names := make([]string, 0, len(a.files))
	for n := range a.files {
		names = append(names, n)
	}
	slices.Sort(names)
	return names
}

// Has reports whether there is a file called name.
func (a *Archive) Has(name string) bool { return a.files[name] != nil }

// Read inflates one file of at most limit bytes. ErrAbsent when there is none; ErrBomb beyond the limit or when the
// whole package has been inflated beyond its own; ErrBroken when its content does not fit its checksum.
func (a *Archive) Read(name string, limit int64) ([]byte, error) {
	f := a.files[name]
	if f == nil {
		return nil, ErrAbsent.With("%q", short(name))
	}
	in, err := f.Open()
	if err != nil {
		return nil, ErrBroken.With("%q", short(name))
	}
	defer func() { _ = in.Close() }()
	limit = min(limit, a.left)
	data, err := io.ReadAll(io.LimitReader(in, limit+1))
	a.left -= int64(len(data))
	switch {
	case int64(len(data)) > limit:
		return nil, ErrBomb.With("%q", short(name))
	case err != nil:
		return nil, ErrBroken.With("%q", short(name))
	case int64(len(data)) > smallest && int64(len(data))/MaxRatio > int64(f.CompressedSize64):
		return nil, ErrBomb.With("%q", short(name))
	}
	return data, nil
}

// Find resolves a reference in the file from to a file of the package: "" when there is none, or the reference leads out
// of the package. References may be escaped as addresses are.
func (a *Archive) Find(from, ref string) string {
	if name := Join(from, ref); a.Has(name) {
		return name
	}
	if plain, err := url.PathUnescape(ref); err == nil {
		if name := Join(from, plain); a.Has(name) {
			return name
		}
	}
	return ""
}

// Join resolves a reference found in the file from against that file's folder: "" when it leads out of the package or
// is no plain path.
func Join(from, ref string) string {
	joined := path.Join(path.Dir(from), ref)
	if ref == "" || path.IsAbs(ref) || !safe(joined) {
		return ""
	}
	return joined
}
