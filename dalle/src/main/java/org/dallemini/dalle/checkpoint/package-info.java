@NullMarked
package org.dallemini.dalle.checkpoint;

import org.jspecify.annotations.NullMarked;
