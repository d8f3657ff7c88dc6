@NullMarked
package org.dallemini.dalle.text;

import org.jspecify.annotations.NullMarked;
