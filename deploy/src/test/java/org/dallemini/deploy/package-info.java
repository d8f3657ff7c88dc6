@NullMarked
package org.dallemini.deploy;

import org.jspecify.annotations.NullMarked;
