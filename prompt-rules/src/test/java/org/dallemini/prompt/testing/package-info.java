@NullMarked
package org.dallemini.prompt.testing;

import org.jspecify.annotations.NullMarked;
