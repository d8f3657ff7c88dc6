@NullMarked
package org.dallemini.stage.tracing;

import org.jspecify.annotations.NullMarked;
