/** The web page: files that a browser needs; all else it asks of the API. */
@NullMarked
package org.dallemini.ingest.page;

import org.jspecify.annotations.NullMarked;
