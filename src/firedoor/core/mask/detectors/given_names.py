"""Given names that are common in several languages. A name in prose begins with one of them.

No list is complete: what a name is in a table or a record is told by its field, not by this list.
Names that are also everyday words or products (Will, Mark, Grace, Java, Jenkins) are left out.
"""

_NAMES = """
Aarav Aaron Abdul Abdullah Abigail Ada Adam Aditi Adrian Adriana Adrien Agata Agnes Agnieszka Ahmed Aisha
Akira Alain Alan Alba Albert Alberto Aleksander Aleksandra Alessandra Alessandro Alessia Alex Alexa
Alexander Alexandra Alexandre Alexis Alfonso Alfred Alfredo Alice Alicia Alina Aline Alison Allison Alma
Alva Alvaro Amanda Amber Amelia Amina Amit Amy Amélie Ana Ananya Anaïs Anders Andre Andrea Andreas Andreia
Andres Andrew Andrzej André Andrée Andrés Angela Angelika Angelo Anita Anja Anjali Anke Ankit Ann Anna Anne
Annette Annie Annika Anouk Anthony Antje Antoine Anton Antonella Antonia Antonio António Antônio Apolonia
Arjun Armando Arnaud Arthur Artur Astrid Aude Audrey Augusto Aurelie Aurora Aurélie Axel Ayşe Barbara
Bartosz Bas Bastien Beata Beatrice Beatrix Beatriz Ben Benedikt Benjamin Benoit Benoît Bernadette Bernard
Bernd Bernhard Bertrand Beth Betty Bianca Birgit Birgitta Björn Bjørn Bogdan Bożena Bram Brandon Brenda
Brent Brian Brigitte Britta Bruno Bryan Bárbara Caio Camila Camilla Camille Carina Carl Carla Carlo Carlos
Carmen Carol Carole Carolina Caroline Caterina Catherine Cathy Cecilia Celia Celine Chantal Charles
Charlotte Chiara Chloe Chloé Chris Christa Christel Christian Christiane Christina Christine Christophe
Christopher Cindy Clara Clarice Claudia Claudine Claudio Claus Clement Clément Colette Colin Connor Corinna
Corinne Cornelis Craig Cristian Cristiano Cristina Curtis Cynthia Cátia Cécile Céline Daan Dagmar Daisuke
Damian Dan Daniel Daniela Daniele Daniella Danielle Danny Danuta Dariusz Darren Davi David Davide Dawid
Deborah Debra Deepak Denis Denise Dennis Derek Diana Diane Diego Dieter Dietmar Dimitri Dirk Divya Dmitri
Dominic Dominik Dominique Donald Donna Dora Doris Dorota Dorothea Dorothy Douglas Duarte Dylan Débora Ebba
Edoardo Eduardo Edward Edwin Eileen Elaine Eleanor Elena Eleonora Elia Elias Elif Elin Elisa Elisabeth Elise
Elizabeth Elke Ella Ellen Elsa Emelie Emil Emilia Emilie Emilio Emily Emma Emmanuel Enrico Enrique Enzo Eric
Erica Erik Erika Erin Ernesto Ernst Esmée Esteban Ester Esther Ethan Eugene Eugenia Eugenio Eva Evelyn Ewa
Fabian Fabienne Fabio Fabrice Fatima Federica Federico Felicia Felipe Felix Femke Ferdinand Fernanda
Fernando Filip Filipe Filippo Fiona Flavia Fleur Floor Florence Florent Florian Frances Francesca Francesco
Francis Francisco Franck Francois Franz François Françoise Fred Frederic Frederik Freja Friedrich Frédéric
Fátima Félix Gabriel Gabriela Gabriele Gabriella Gabrielle Gareth Gary Gavin Gaëlle Geert Gemma Geoffrey
Georg George Georges Georgia Gerald Gerard Gerd Gerhard Gertrud Giada Gian Gianluca Gianni Gijs Gilbert
Gilles Gina Giorgia Giorgio Giovanna Giovanni Gisela Giulia Giuseppe Gloria Gonzalo Gordon Grażyna Greg
Gregor Gregory Grzegorz Grégory Guido Guilherme Guillaume Guillermo Gunilla Gunnar Gustavo Guy Gérard Göran
Günter Günther Halina Hanna Hannah Hannelore Hans Harald Harold Harriet Harry Hartmut Haruka Hassan Heather
Hector Heike Heiko Heinrich Heinz Helen Helena Helga Helmut Hendrik Henk Henri Henrik Henrique Henry Herbert
Hermann Hervé Hiroshi Holger Horst Howard Hubert Hugo Håkan Héctor Hélène Ian Ibrahim Ida Ignacio Igor Iker
Ilona Ilse Ines Inga Inge Ingegerd Ingo Ingrid Ingvar Inês Irena Irene Irina Iris Irma Isaac Isabel Isabela
Isabella Isabelle Isaura Ivan Ivana Iván Iwona Jacek Jack Jackie Jacob Jacqueline Jacques Jaime Jake Jakob
Jakub James Jamie Jan Jana Jane Janet Janice Janina Janine Janusz Jarosław Jason Javier Jean Jeanne
Jeannette Jeffrey Jennifer Jens Jeremy Jeroen Jerome Jerzy Jesper Jesse Jessica Jesús Jill Jim Jimmy Jing
Joachim Joan Joana Joanna Joanne Joao Joaquín Jochen Joe Joel Johan Johann Johanna Johanneke Johannes John
Johnny Jolanta Jon Jonas Jonathan Joost Jordan Jorge Jose Josef Josefa Joseph Josephine Joshua José Joyce
João Juan Juana Judith Judy Julia Julian Juliana Julie Julien Juliette Julio Justin Justyna Jutta Jérémy
Jérôme Jörg Jørgen Jürgen Kai Kamil Karen Karim Karin Karina Karl Karol Karolina Katarina Katarzyna Kate
Katharina Katherine Kathleen Kathrin Kathryn Kathy Katie Katja Katrin Kavita Kay Kees Keiko Keith Kelly
Kenji Kenneth Kenta Kerstin Kevin Khadija Kiran Kirsten Klaus Koen Konrad Kristen Kristian Kristin Kristina
Krystyna Krzysztof Kurt Kyle Kåre Laetitia Lakshmi Lara Larissa Lars Latoya Laura Laure Lauren Laurence
Laurent Laurie Lawrence Lea Leah Leandro Leila Lena Lennart Leo Leon Leonard Leonardo Leonie Leonor Leszek
Leticia Letícia Liam Lidia Lieke Liesbeth Lilian Liliana Lily Linda Lindsay Ling Linnéa Lisa Liselotte Lone
Lorena Lorenzo Lori Lothar Lotte Louis Louisa Louise Luc Luca Lucas Lucia Luciana Luciano Lucie Lucy Ludwig
Luis Luisa Luise Luiz Luke Lutz Luís Lydia Lynn Léa Léo Lúcia Maarten Maciej Madeleine Magali Magda
Magdalena Maite Maj Maja Manfred Manish Manon Manuel Manuela Marc Marcel Marcela Marcelo Marcin Marco Marcos
Marcus Marek Margaret Margareta Margarida Margarita Margaux Margot Margrit Maria Mariana Marianne Mariano
Marie Marijke Marina Mario Marion Marisa Marit Mariusz Marjorie Markus Marlene Marloes Marta Martha Martin
Martina Martine Martín Mary Maryse María Massimo Mateo Mateus Mateusz Matheus Mathieu Mathilde Mathis
Matilde Matt Matteo Matthew Matthias Matthieu Maud Maura Maureen Maurice Mauricio Mauro Max Maxime
Maximilian Małgorzata Meera Megan Mehmet Mei Melanie Melissa Melvin Mercedes Mette Mia Micaela Michael
Michaela Michał Michel Michela Michele Michelle Michèle Miguel Mikael Mike Mikkel Milena Minh Miranda
Mirella Miriam Mirosław Mohamed Mohammad Mohammed Monica Monika Monique Moritz Muhammad Muriel Mustafa Mário
Mélanie Mónica Nadia Nadine Nancy Naoko Naomi Natalia Natalie Nathalie Nathan Natália Neha Neil Nele Nelson
Nicholas Nick Nicola Nicolas Nicole Nicolás Niek Niels Nikolai Nils Nina Nino Nisha Noah Noel Noelia Nora
Norbert Norma Norman Noé Noémie Nuno Nuria Océane Odette Olaf Ole Olga Oliver Olivia Olivier Omar Oscar
Oskar Oswald Otto Pablo Pamela Paola Paolo Pascal Patrice Patricia Patricio Patrick Patrizia Patrícia Paul
Paula Paulina Pauline Paulo Paweł Pedro Peggy Penelope Peter Petra Phil Philip Philipp Philippe Phillip
Phyllis Pierre Pieter Pietro Pilar Piotr Pooja Pradeep Priya Rachel Rafael Rafał Raffaele Rahul Rainer Raj
Rajesh Rakesh Ralf Ralph Ramon Ramona Ramón Randy Raphael Raphaël Raquel Rasmus Raul Ravi Raymond Raúl
Rebecca Regina Reinhard Reinhold Remi Renata Renate Renato René Renée Ricardo Riccardo Richard Rik Rita
Robert Roberta Roberto Robin Rodney Rodolfo Rodrigo Roger Rohan Rohit Roland Rolf Romain Roman Romina Ron
Ronald Ronny Roos Rosa Rosalia Rosario Rosemarie Rosemary Roswitha Roxane Roy Ruben Rubén Rudolf Rui Russell
Ruth Ruud Ryan Ryszard Régine Rémi Sabine Sabrina Saga Said Sakura Salvador Salvatore Sam Samantha Sami
Samir Samuel Samuele Sander Sanders Sandra Sandrine Sandro Sanjana Sanjay Sanne Santiago Sara Sarah Sascha
Sean Sebastian Sem Serge Sergio Shannon Sharon Shaun Sheila Shirley Shreya Signe Silke Silvia Simon Simona
Simone Sofia Sofie Sofía Solange Solène Sonia Sonja Sophia Sophie Stanisław Stefan Stefania Stefanie Stefano
Steffen Stella Stephan Stephane Stephanie Stephen Steve Steven Stijn Stuart Stéphane Stéphanie Sue Sunil
Suresh Susan Susana Susanna Susanne Suzanne Sven Sylvain Sylvia Sylvie Szymon Sébastien Sérgio Séverine
Sílvia Sónia Søren Sławomir Tadeusz Takashi Tamara Tania Tanja Tatiana Tatjana Ted Terence Teresa Teresinha
Terry Tess Theo Theodor Theresa Thibault Thierry Thijs Thomas Thorsten Théo Thérèse Tiago Tiffany Tim Timo
Timothy Tina Tobias Todd Tom Tomasz Tommaso Tommy Tomás Toni Tony Torsten Tracy Trevor Tristan Tyler Tânia
Udo Ulf Ulla Ulrich Ulrike Umberto Urs Ursula Ute Uwe Valentin Valentina Valeria Valerie Valérie Vanessa
Vera Verena Veronica Veronika Verónica Vicente Victor Victoria Vijay Vikram Viktor Viktoria Vincent Vincenzo
Virginia Virginie Vitor Vivian Viviane Volker Véronique Víctor Vítor Waldemar Walter Waltraud Wanda Wayne
Wei Wendy Werner Wesley Wiebke Wiesława Wilhelm Willem William Willie Wim Wojciech Wolfgang Wouter Władysław
Xavier Xiu Yannick Yasmin Yasmine Yolanda Yuki Yumi Yusuf Yves Yvette Yvonne Zachary Zbigniew Zdzisław Zoe
Zofia Zoé Zuzanna Álvaro Ángel Åke Élisabeth Élise Émilie Éric Étienne Óscar Øyvind Łukasz
"""
GIVEN_NAMES = frozenset(_NAMES.split())
"""Of English, German, French, Spanish, Italian, Dutch, Polish, Portuguese, Nordic and Indian use."""
