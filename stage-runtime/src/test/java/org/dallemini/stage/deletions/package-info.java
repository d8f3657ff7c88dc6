@NullMarked
package org.dallemini.stage.deletions;

import org.jspecify.annotations.NullMarked;
