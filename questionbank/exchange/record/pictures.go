package record

import (
	"crypto/sha256"

	"github.com/skillcert/skillcert/questionbank"
)

// MaxPixels bounds what one file may make us decode: small files can name many large empty pictures.
const MaxPixels = 400_000_000

// Pictures reads the images of one file, each once.
type Pictures struct {
	known map[[sha256.Size]byte]*questionbank.Image // nil for what is no image
	left  int
}

// NewPictures is for one file.
func NewPictures() *Pictures {
	return &Pictures{known: map[[sha256.Size]byte]*questionbank.Image{}, left: MaxPixels}
}

// Of returns the image with those bytes, nil when the bank does not take it.
func (p *Pictures) Of(data []byte) *questionbank.Image {
	sum := sha256.Sum256(data)
	if i, asked := p.known[sum]; asked {
		return i
	}
	p.known[sum] = nil
	if p.left <= 0 {
		return nil
	}
	if i, err := questionbank.NewImage(data); err == nil {
		p.known[sum] = &i
		p.left -= i.Width * i.Height
	}
	return p.known[sum]
}

// Used gathers the images of one item.
type Used struct{ Images []questionbank.Image }

// Add keeps an image, each once, and answers its digest.
func (u *Used) Add(i *questionbank.Image) (digest string, ok bool) {
	if i == nil {
		return "", false
	}
	for _, have := range u.Images {
		if have.Digest == i.Digest {
			return i.Digest, true
		}
	}
	u.Images = append(u.Images, *i)
	return i.Digest, true
}
