@NullMarked
package org.dallemini.ingest.previews;

import org.jspecify.annotations.NullMarked;
