@NullMarked
package org.dallemini.ingest.api;

import org.jspecify.annotations.NullMarked;
