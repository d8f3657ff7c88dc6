/** The images that were stored last, for those who look through them. */
@NullMarked
package org.dallemini.ingest.gallery;

import org.jspecify.annotations.NullMarked;
