@NullMarked
package org.dallemini.ingest.page;

import org.jspecify.annotations.NullMarked;
