@NullMarked
package org.dallemini.ingest.jobs;

import org.jspecify.annotations.NullMarked;
