package questionbank

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"image/jpeg"
	"image/png"
	"net/http"
	"regexp"

	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/errs"
)

// Bounds of an image, and of the images in one item.
const (
	MaxImage      = 1 << 20 // bytes
	MaxImageSide  = 4000    // pixels
	MaxItemImages = 8
)

// Refusals of images.
var (
	ErrImage      = errs.New(errs.NotFound, "image.not_found", "查无此图片")
	ErrImageInput = errs.New(errs.Invalid, "image.invalid", "图片只能是 PNG 或 JPEG，不超过1兆字节、4000×4000像素")
)

// Image is a picture that items show, named by its content. It never changes.
type Image struct {
	Digest string `json:"digest"` // hex SHA-256 of Bytes
	Type   string `json:"type"`   // image/png or image/jpeg
	Width  int    `json:"width"`
	Height int    `json:"height"`
	Bytes  []byte `json:"bytes"`
}

// Images keeps images by their digest. Absent: ErrImage. Putting what is there already is harmless and changes nothing.
// Safe for concurrent use; must pass storetest.Images.
type Images interface {
	Image(ctx context.Context, digest string) (*Image, error)
	PutImage(ctx context.Context, i *Image) error
}

// NewImage reads a picture to its last pixel: what it accepts, every page can show. Its size is looked at first, so
// that a small file cannot fill the memory.
func NewImage(data []byte) (Image, error) {
	if len(data) == 0 || len(data) > MaxImage {
		return Image{}, ErrImageInput.With("%d 字节", len(data))
	}
	kind := http.DetectContentType(data)
	decode, size := png.Decode, png.DecodeConfig
	switch kind {
	case "image/png":
	case "image/jpeg":
		decode, size = jpeg.Decode, jpeg.DecodeConfig
	default:
		return Image{}, ErrImageInput.With("不是 PNG 或 JPEG")
	}
	c, err := size(bytes.NewReader(data))
	if err != nil {
		return Image{}, ErrImageInput.With("%v", err)
	}
	if c.Width < 1 || c.Height < 1 || c.Width > MaxImageSide || c.Height > MaxImageSide {
		return Image{}, ErrImageInput.With("%d×%d 像素", c.Width, c.Height)
	}
	if _, err := decode(bytes.NewReader(data)); err != nil {
		return Image{}, ErrImageInput.With("%v", err)
	}
	sum := sha256.Sum256(data)
	return Image{Digest: hex.EncodeToString(sum[:]), Type: kind, Width: c.Width, Height: c.Height, Bytes: data}, nil
}

var digestForm = regexp.MustCompile(`^[0-9a-f]{64}$`)

// PutImage keeps a picture for items to show. The same picture again is harmless.
func (b *Bank) PutImage(ctx context.Context, by authz.Principal, data []byte) (Image, error) {
	if !by.Can(authz.BankEdit) {
		if err := by.Require(authz.BankImport); err != nil {
			return Image{}, err
		}
	}
	i, err := NewImage(data)
	if err != nil {
		return Image{}, err
	}
	return i, b.images.PutImage(ctx, &i)
}

// Image returns a picture. Whoever knows its digest has seen the item that shows it.
func (b *Bank) Image(ctx context.Context, digest string) (*Image, error) {
	if !digestForm.MatchString(digest) {
		return nil, ErrImage
	}
	return b.images.Image(ctx, digest)
}

// missing tells which of the digests name no stored image.
func (b *Bank) missing(ctx context.Context, known map[string]bool, digests []string) (absent []string, err error) {
	for _, d := range digests {
		there, asked := known[d]
		if !asked {
			_, err := b.Image(ctx, d)
			if err != nil && !errors.Is(err, ErrImage) {
				return nil, fmt.Errorf("image %s: %w", d, err)
			}
			there = err == nil
			known[d] = there
		}
		if !there {
			absent = append(absent, d)
		}
	}
	return absent, nil
}
