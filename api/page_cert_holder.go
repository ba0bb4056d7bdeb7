package api

import (
	"github.com/gofiber/fiber/v2"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/errs"
	"github.com/skillcert/skillcert/engine/people"
)

// errPhoto refuses a photo before it is read.
var errPhoto = people.ErrPersonInput.WithFields(errs.Field{Name: "photo", Code: "large", Msg: "照片不能超过200 KB"})

// holderForm puts right what was registered wrongly of a certificate's holder. The certificate is corrected afterwards,
// by those whose it is.
func (s *Server) holderForm(c *fiber.Ctx) error {
	ctx, by := c.UserContext(), caller(c)
	cert, err := s.Issuer.Certificate(ctx, by, numberParam(c))
	if err != nil {
		return err
	}
	change := people.PersonChange{Name: field(c, "name"), Reason: field(c, "reason")}
	if _, err := c.FormFile("file"); err == nil {
		_, change.Photo, err = uploadUpTo(c, engine.MaxPhoto, errPhoto)
		if err != nil && !emptyUpload(c) {
			return s.refuse(c, err, s.certificatePage("holder"))
		}
	}
	if _, err = s.Registry.Amend(ctx, by, cert.Holder, change); err != nil {
		return s.refuse(c, err, s.certificatePage("holder"))
	}
	return s.done(c, certificateHref(cert.Number), "holder-amended")
}

// emptyUpload reports whether the form came without a file: browsers send an empty one then.
func emptyUpload(c *fiber.Ctx) bool {
	h, err := c.FormFile("file")
	return err == nil && h.Size == 0
}
