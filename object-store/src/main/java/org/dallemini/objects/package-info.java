/** A bucket of an object store, for all who read or write the images. */
@NullMarked
package org.dallemini.objects;

import org.jspecify.annotations.NullMarked;
