@NullMarked
package org.dallemini.ingest;

import org.jspecify.annotations.NullMarked;
