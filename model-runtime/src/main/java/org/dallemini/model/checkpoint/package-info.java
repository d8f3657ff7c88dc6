@NullMarked
package org.dallemini.model.checkpoint;

import org.jspecify.annotations.NullMarked;
