@NullMarked
package org.dallemini.model.session;

import org.jspecify.annotations.NullMarked;
