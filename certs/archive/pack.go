package archive

import (
	"archive/zip"
	"crypto/sha256"
	"encoding/hex"
	"hash/crc32"
	"io"
	"strings"
)

// utf8Name is the flag of a zip entry whose name is in UTF-8 (APPNOTE.TXT §4.4.4, bit 11).
const utf8Name = 0x800

// header is the one form of an entry's header: stored, readable by all, of no date (1980-01-01, the first that zip knows).
func header(name string, size int64, sum uint32) *zip.FileHeader {
	h := &zip.FileHeader{Name: name, Method: zip.Store, Flags: utf8Name, CRC32: sum, CompressedSize64: uint64(size),
		UncompressedSize64: uint64(size), CreatorVersion: 3<<8 | 20, ReaderVersion: 20, ExternalAttrs: 0o100644 << 16}
	//lint:ignore SA1019 a raw entry is written from this field; Modified would not reach it
	h.ModifiedDate = 1<<5 | 1
	return h
}

// packer writes the container and keeps account of what is in it.
type packer struct {
	zip   *zip.Writer
	files []FileInfo
	seen  map[string]bool
	size  int64
}

func newPacker(w io.Writer) *packer { return &packer{zip: zip.NewWriter(w), seen: map[string]bool{}} }

// file writes one file of a volume.
func (p *packer) file(f File) error {
	low := strings.ToLower(f.Path)
	if !validPath(f.Path) || p.seen[low] || f.About == "" {
		return ErrPacked
	}
	if p.size += int64(len(f.Data)); p.size > MaxFile || len(p.files) == MaxEntries {
		return ErrTooLarge
	}
	p.seen[low] = true
	sum := sha256.Sum256(f.Data)
	p.files = append(p.files, FileInfo{Path: f.Path, Volume: VolumeOf(f.Path), Size: int64(len(f.Data)), SHA256: hex.EncodeToString(sum[:]), About: f.About})
	return p.entry(f.Path, f.Data)
}

func (p *packer) entry(name string, data []byte) error {
	w, err := p.zip.CreateRaw(header(name, int64(len(data)), crc32.ChecksumIEEE(data)))
	if err == nil {
		_, err = w.Write(data)
	}
	if err == nil {
		err = p.zip.Flush()
	}
	return err
}

// end writes manifest and signature and closes the container.
func (p *packer) end(manifest, signature []byte) error {
	if len(manifest) > maxManifest || len(signature) > maxSignature {
		return ErrTooLarge
	}
	if err := p.entry(ManifestName, manifest); err != nil {
		return err
	}
	if err := p.entry(SignatureName, signature); err != nil {
		return err
	}
	return p.zip.Close()
}

// File is one file on its way into an archive.
type File struct {
	Path  string // within the archive
	About string // what it is, for people
	Data  []byte
}
