@NullMarked
package org.dallemini.ingest.streams;

import org.jspecify.annotations.NullMarked;
