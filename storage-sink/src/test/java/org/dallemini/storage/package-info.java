@NullMarked
package org.dallemini.storage;

import org.jspecify.annotations.NullMarked;
