@NullMarked
package org.dallemini.ingest.gallery;

import org.jspecify.annotations.NullMarked;
