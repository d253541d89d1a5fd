"""Writes the files beside it that real Keras saved, with what Keras itself computes for an image.

Needs tensorflow (Keras 3). Run: python fixtures.py
"""
import json, os, sys
os.environ['TF_CPP_MIN_LOG_LEVEL'] = '3'
import numpy as np
import keras
from keras import layers as L

here = os.path.dirname(os.path.abspath(__file__))
keras.utils.set_random_seed(7)


def blocks():
    x = i = L.Input((12, 10, 3), name='image')
    x = L.ZeroPadding2D(((0, 1), (0, 1)))(x)
    x = L.Conv2D(6, 3, strides=2, padding='valid', use_bias=False)(x)
    x = L.BatchNormalization(scale=False)(x)
    x = L.ReLU(max_value=6.0)(x)
    y = L.SeparableConv2D(6, 3, padding='same', activation='relu')(x)
    inner = keras.Sequential([L.Input((6, 5, 6)), L.DepthwiseConv2D(3, padding='same'),
                              L.BatchNormalization(center=False), L.Conv2D(6, 1, activation='relu')], name='inner')
    y = inner(y)
    x = L.Add()([x, y])
    z = L.MaxPooling2D(3, 1, padding='same')(x)
    x = L.Concatenate()([x, z])
    x = L.Dropout(0.3)(x)
    x = L.GlobalAveragePooling2D()(x)
    x = L.Dense(7, activation='relu')(x)
    return keras.Model(i, L.Dense(4, activation='softmax', name='classes')(x), name='blocks')


def plain():
    return keras.Sequential([
        L.Input((8, 8, 1)), L.Conv2D(4, (3, 2), padding='same'), L.Activation('relu'), L.AveragePooling2D(2),
        L.Conv2D(4, 3, groups=2), L.BatchNormalization(), L.Activation('relu'), L.Flatten(), L.Dense(3), L.Softmax()],
        name='plain')


def gates():
    x = i = L.Input((8, 8, 4))
    x = L.Conv2D(8, 3, padding='same')(x)
    x = L.LeakyReLU(negative_slope=0.2)(x)
    g = L.GlobalAveragePooling2D(keepdims=True)(x)
    g = L.Conv2D(8, 1, activation='sigmoid')(g)
    x = L.Multiply()([x, g])
    x = L.Conv2D(5, 1, activation='tanh')(x)
    x = L.Activation('hard_sigmoid')(L.Activation('hard_silu')(x))
    x = L.UpSampling2D(2)(x)
    x = L.GlobalMaxPooling2D()(x)
    x = L.Reshape((5,))(x)
    return keras.Model(i, L.Dense(3)(x), name='gates')


expected = {}
for build in (blocks, plain, gates):
    keras.backend.clear_session()
    model = build()
    # statistics and offsets that matter
    for v in model.weights:
        r = np.random.default_rng(len(v.path)).normal(0, .25, v.shape)
        if 'moving_variance' in v.path: r = np.abs(r) + .5
        if 'gamma' in v.path: r = r + 1
        v.assign(r.astype('float32'))
    n = int(np.prod(model.input_shape[1:]))
    image = (np.sin(np.arange(n) * 1.7) * 1.5).astype('float32').reshape((1,) + model.input_shape[1:])
    expected[model.name] = [float(v) for v in model.predict(image, verbose=0).ravel()]
    model.save(os.path.join(here, f'{model.name}.keras'))
    model.save(os.path.join(here, f'{model.name}.h5'))
    if len(sys.argv) > 1: print(model.name, model.count_params())
json.dump(expected, open(os.path.join(here, 'expected.json'), 'w'), indent=2)
