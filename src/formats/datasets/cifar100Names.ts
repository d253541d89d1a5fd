/** The 20 superclasses in the order of their labels (coarse_label_names of CIFAR-100's meta file). */
export const CIFAR100_COARSE_NAMES: readonly string[] = `
Aquatic mammals|Fish|Flowers|Food containers|Fruit and vegetables|Household electrical devices|
Household furniture|Insects|Large carnivores|Large man-made outdoor things|Large natural outdoor scenes|
Large omnivores and herbivores|Medium mammals|Non-insect invertebrates|People|Reptiles|Small mammals|Trees|
Vehicles 1|Vehicles 2`
  .replaceAll('\n', '')
  .split('|');

/** The 100 classes in the order of their labels (fine_label_names of CIFAR-100's meta file). */
export const CIFAR100_FINE_NAMES: readonly string[] = `
Apple|Aquarium fish|Baby|Bear|Beaver|Bed|Bee|Beetle|Bicycle|Bottle|Bowl|Boy|Bridge|Bus|Butterfly|Camel|Can|
Castle|Caterpillar|Cattle|Chair|Chimpanzee|Clock|Cloud|Cockroach|Couch|Crab|Crocodile|Cup|Dinosaur|Dolphin|
Elephant|Flatfish|Forest|Fox|Girl|Hamster|House|Kangaroo|Keyboard|Lamp|Lawn mower|Leopard|Lion|Lizard|Lobster|
Man|Maple tree|Motorcycle|Mountain|Mouse|Mushroom|Oak tree|Orange|Orchid|Otter|Palm tree|Pear|Pickup truck|
Pine tree|Plain|Plate|Poppy|Porcupine|Possum|Rabbit|Raccoon|Ray|Road|Rocket|Rose|Sea|Seal|Shark|Shrew|Skunk|
Skyscraper|Snail|Snake|Spider|Squirrel|Streetcar|Sunflower|Sweet pepper|Table|Tank|Telephone|Television|Tiger|
Tractor|Train|Trout|Tulip|Turtle|Wardrobe|Whale|Willow tree|Wolf|Woman|Worm`
  .replaceAll('\n', '')
  .split('|');

/** CIFAR-100's images have a class and, above it, a superclass. */
export type Cifar100Labels = 'fine' | 'coarse';

export const cifar100Names = (labels: Cifar100Labels): readonly string[] =>
  labels === 'fine' ? CIFAR100_FINE_NAMES : CIFAR100_COARSE_NAMES;
