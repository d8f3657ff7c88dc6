@NullMarked
package org.dallemini.ingest.model;

import org.jspecify.annotations.NullMarked;
