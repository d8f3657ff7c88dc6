@NullMarked
package org.dallemini.dalle.model;

import org.jspecify.annotations.NullMarked;
