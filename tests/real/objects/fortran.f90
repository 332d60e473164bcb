module sums
  use iso_c_binding
  implicit none
contains
  subroutine total(count, numbers, result) bind(c)
    integer(c_int), value :: count
    real(c_double), intent(in) :: numbers(count)
    real(c_double), intent(out) :: result
    real(c_double) :: scaled(count)
    integer :: i
    scaled = sin(numbers) * 2.5d0 + matmul(reshape(numbers, [count, 1]), [1d0])
    result = 0
    !$omp parallel do reduction(+:result)
    do i = 1, count
      result = result + scaled(i)
    end do
    if (result < 0) write (*, *) 'negative', result
  end subroutine
end module
