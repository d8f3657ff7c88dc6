@NullMarked
package org.dallemini.examples;

import org.jspecify.annotations.NullMarked;
