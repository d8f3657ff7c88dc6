@NullMarked
package org.dallemini.dalle.session;

import org.jspecify.annotations.NullMarked;
