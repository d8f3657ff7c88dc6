/** Where an image is, in every topic and in the bucket, and how long each step took. */
@NullMarked
package org.dallemini.inspect;

import org.jspecify.annotations.NullMarked;
