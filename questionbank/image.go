package questionbank

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"image/color"
	"image/jpeg"
	"image/png"
	"net/http"
	"regexp"

	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/errs"
)

// Bounds of an image, and of the images in one item.
const (
	MaxImage      = 1 << 20                     // bytes
	MaxImageSide  = 4000                        // pixels
	maxPixels     = MaxImageSide * MaxImageSide // of 8 bits a channel; half as many of 16
	decoding      = 2                           // images that a bank decodes at once: each takes up to 64 MB
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
// What Image returns others hold, too: nobody changes it.
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
	if c.Width < 1 || c.Height < 1 || c.Width > MaxImageSide || c.Height > MaxImageSide || c.Width*c.Height > mostPixels(c.ColorModel) {
		return Image{}, ErrImageInput.With("%d×%d 像素", c.Width, c.Height)
	}
	if _, err := decode(bytes.NewReader(data)); err != nil {
		return Image{}, ErrImageInput.With("%v", err)
	}
	sum := sha256.Sum256(data)
	return Image{Digest: hex.EncodeToString(sum[:]), Type: kind, Width: c.Width, Height: c.Height, Bytes: data}, nil
}

// mostPixels bounds what decoding takes: 16 bits a channel take twice the memory of 8.
func mostPixels(m color.Model) int {
	if m == color.Gray16Model || m == color.RGBA64Model || m == color.NRGBA64Model {
		return maxPixels / 2
	}
	return maxPixels
}

var digestForm = regexp.MustCompile(`^[0-9a-f]{64}$`)

// PutImage keeps a picture for items to show. The same picture again is harmless.
func (b *Bank) PutImage(ctx context.Context, by authz.Principal, data []byte) (Image, error) {
	if !by.Can(authz.BankEdit) {
		if err := by.Require(authz.BankImport); err != nil {
			return Image{}, err
		}
	}
	i, err := b.decoded(ctx, data)
	if err != nil {
		return Image{}, err
	}
	return i, b.images.PutImage(ctx, &i)
}

// decoded reads a picture once there is room for it.
func (b *Bank) decoded(ctx context.Context, data []byte) (Image, error) {
	select {
	case b.rooms <- struct{}{}:
		defer func() { <-b.rooms }()
	case <-ctx.Done():
		return Image{}, fmt.Errorf("decode image: %w", ctx.Err())
	}
	return NewImage(data)
}

// Picture returns a picture to somebody who may read the bank.
func (b *Bank) Picture(ctx context.Context, by authz.Principal, digest string) (*Image, error) {
	if err := by.Require(authz.BankRead); err != nil {
		return nil, err
	}
	return b.Image(ctx, digest)
}

// Image returns a picture to other parts of the program, which answer for who sees it. A request of a person goes
// through Picture, or through the part that knows what that person may see.
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
