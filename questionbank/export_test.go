package questionbank

// Bare is what a wording keeps of a text.
func Bare(text string) string { return bare(text) }

// DecodeRooms are taken by the images that a bank decodes at the time.
func (b *Bank) DecodeRooms() chan struct{} { return b.rooms }
