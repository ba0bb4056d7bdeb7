package docs

import (
	"reflect"
	"sync"
	"time"
)

// copier makes copies. It remembers what it found out about types, for asking them anew takes longer than the copying.
type copier struct{ known sync.Map }

// clone is a copy of what JSON was decoded into: nothing that can be changed in the one is shared with the other. What
// JSON does not fill, unexported fields and functions, is copied as it stands.
func clone[T any](k *copier, v *T) *T {
	c := *v
	k.deepen(reflect.ValueOf(&c).Elem())
	return &c
}

// deepen replaces what v shares with the value that it was copied from.
func (k *copier) deepen(v reflect.Value) {
	if k.plain(v.Type()) {
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			if f := v.Field(i); f.CanSet() {
				k.deepen(f)
			}
		}
	case reflect.Array:
		for i := range v.Len() {
			k.deepen(v.Index(i))
		}
	case reflect.Slice:
		k.deepenSlice(v)
	case reflect.Map:
		k.deepenMap(v)
	case reflect.Pointer, reflect.Interface:
		if v.IsNil() {
			return
		}
		inner := reflect.New(v.Elem().Type()).Elem()
		inner.Set(v.Elem())
		k.deepen(inner)
		if v.Kind() == reflect.Pointer {
			inner = inner.Addr()
		}
		v.Set(inner)
	}
}

func (k *copier) deepenSlice(v reflect.Value) {
	if v.IsNil() {
		return
	}
	c := reflect.MakeSlice(v.Type(), v.Len(), v.Len())
	reflect.Copy(c, v)
	if !k.plain(v.Type().Elem()) {
		for i := range c.Len() {
			k.deepen(c.Index(i))
		}
	}
	v.Set(c)
}

func (k *copier) deepenMap(v reflect.Value) {
	if v.IsNil() {
		return
	}
	c := reflect.MakeMapWithSize(v.Type(), v.Len())
	for each := v.MapRange(); each.Next(); {
		value := reflect.New(v.Type().Elem()).Elem()
		value.Set(each.Value())
		k.deepen(value)
		c.SetMapIndex(each.Key(), value)
	}
	v.Set(c)
}

func (k *copier) plain(t reflect.Type) bool {
	if is, ok := k.known.Load(t); ok {
		return is == true
	}
	is := plain(t)
	k.known.Store(t, is)
	return is
}

// plain reports whether a copy of a value of the type shares nothing that can be changed.
func plain(t reflect.Type) bool {
	if t == reflect.TypeFor[time.Time]() {
		return true
	}
	switch t.Kind() {
	case reflect.Slice, reflect.Map, reflect.Pointer, reflect.Interface:
		return false
	case reflect.Array:
		return plain(t.Elem())
	case reflect.Struct:
		for i := range t.NumField() {
			if !plain(t.Field(i).Type) {
				return false
			}
		}
	}
	return true
}
