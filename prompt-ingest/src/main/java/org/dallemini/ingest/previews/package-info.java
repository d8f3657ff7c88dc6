/** Images that are being drawn, for those who watch. */
@NullMarked
package org.dallemini.ingest.previews;

import org.jspecify.annotations.NullMarked;
