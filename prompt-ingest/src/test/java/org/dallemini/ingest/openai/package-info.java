@NullMarked
package org.dallemini.ingest.openai;

import org.jspecify.annotations.NullMarked;
